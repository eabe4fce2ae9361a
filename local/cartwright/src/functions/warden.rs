//! The warden: makes sure that no function outlives the stack, `kill -9` included.
//!
//! A small shell waits at the end of a pipe. It is told of every process group that starts
//! and ends; when the pipe closes, which the system does however the stack dies, it kills
//! the groups that are left. It stands in a group of its own, so that Ctrl-C does not reach it.

use std::{
    io::Write,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{Mutex, PoisonError},
};

use anyhow::Context;
use rustix::process::{Pid, Signal, kill_process_group};

const SCRIPT: &str = r#"
groups=" "
while read -r line; do
  group=${line#?}
  case $line in
    +*) groups="$groups$group " ;;
    -*) groups="${groups%% "$group" *} ${groups#* "$group" }" ;;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
"#;

/// Kills what was announced to it when the stack is gone.
#[derive(Debug)]
pub(crate) struct Warden {
    shell: Mutex<(Child, Option<ChildStdin>)>,
}

impl Warden {
    /// Starts the shell.
    pub(crate) fn start() -> anyhow::Result<Self> {
        use std::os::unix::process::CommandExt;
        let mut shell = Command::new("/bin/sh")
            .args(["-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("`/bin/sh` did not start")?;
        let pipe = shell.stdin.take();
        Ok(Self {
            shell: Mutex::new((shell, pipe)),
        })
    }

    /// A process group has started.
    pub(crate) fn started(&self, group: u32) {
        self.tell(&format!("+{group}\n"));
    }

    /// A process group has ended and must not be killed any more: its number may be used again.
    pub(crate) fn ended(&self, group: u32) {
        self.tell(&format!("-{group}\n"));
    }

    fn tell(&self, line: &str) {
        let mut shell = self.shell.lock().unwrap_or_else(PoisonError::into_inner);
        let told = shell.1.as_mut().map(|pipe| pipe.write_all(line.as_bytes()));
        if let Some(Err(error)) = told {
            eprintln!("cartwright: the warden is gone ({error}); functions may outlive a killed stack");
            shell.1 = None;
        }
    }
}

impl Drop for Warden {
    fn drop(&mut self) {
        let shell = self.shell.get_mut().unwrap_or_else(PoisonError::into_inner);
        drop(shell.1.take());
        if let Err(error) = shell.0.wait() {
            eprintln!("cartwright: the warden could not be waited for: {error}");
        }
    }
}

/// Kills a whole process group at once; one that is gone already is fine.
pub(crate) fn kill_group(group: u32) {
    let Some(pid) = i32::try_from(group).ok().and_then(Pid::from_raw) else {
        return;
    };
    match kill_process_group(pid, Signal::KILL) {
        Ok(()) | Err(rustix::io::Errno::SRCH | rustix::io::Errno::PERM) => {}
        Err(error) => eprintln!("cartwright: process group {group} could not be killed: {error}"),
    }
}
