using System.CommandLine;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco completion</c>: a script that lets a shell complete commands and options.</summary>
internal static class CompletionCommand
{
    // The tool answers a line that it is asked about with "[suggest:PLACE]" in front, one suggestion a line.
    private static readonly Dictionary<string, string> s_scripts = new()
    {
        ["bash"] = """
            _moco() {
              local IFS=$'\n'
              local found=$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)
              COMPREPLY=($(compgen -W "$found" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _moco moco ./moco
            """,
        ["zsh"] = """
            _moco() {
              local -a found
              found=("${(@f)$(${words[1]} "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
              compadd -a found
              _files
            }
            compdef _moco moco ./moco
            """,
        ["fish"] = """
            complete -c moco -a '(moco "[suggest:"(commandline -C)"]" (commandline -b) 2>/dev/null)'
            """,
    };

    internal static Command Create(CommandContext context)
    {
        Argument<string> shell = new("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong([.. s_scripts.Keys]);
        Command command = new("completion", "Print a script that completes commands and options. For bash: source <(moco completion bash)")
        {
            shell,
        };
        command.SetAction(parse =>
        {
            string name = parse.GetRequiredValue(shell);
            if (context.IsJson) context.Result(new { shell = name, script = s_scripts[name] });
            else context.Terminal.Out.Profile.Out.Writer.WriteLine(s_scripts[name]);
            return ExitCode.Done;
        });
        return command;
    }
}
