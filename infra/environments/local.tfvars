# `cargo xtask infra apply-local`: the whole stack in an emulator of AWS on this machine.
#
# Everything is as in dev but for what is switched off here, each with its reason. The reasons are
# also in docs/infrastructure-locally.md.
env       = "local"
mail_from = "shop@cartwright.example"

# It is taken away again within minutes.
deletion_protection = false
log_retention_days  = 7
