# Holds the keys and values of samconfig.toml, as JSON on standard input, against the SAM CLI's own
# parameters; prints a line for each that it would ignore or refuse.
import importlib, json, sys

import click

for name, values in json.load(sys.stdin).items():
    try:
        command = importlib.import_module(f"samcli.commands.local.{name.removeprefix('local_')}.cli").cli
    except ImportError:
        print(f"`{name}` is no command of `sam local`")
        continue
    context = click.Context(command)
    parameters = {parameter.name: parameter for parameter in command.params}
    for key, value in values.items():
        parameter = parameters.get(key)
        if parameter is None:
            print(f"`{name}` has no parameter `{key}`")
            continue
        try:
            parameter.type_cast_value(context, value)
        except click.BadParameter as error:
            print(f"`{name}` refuses `{key} = {json.dumps(value)}`: {error.message}")
