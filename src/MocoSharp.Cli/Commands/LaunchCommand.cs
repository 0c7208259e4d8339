using System.CommandLine;
using System.Globalization;
using MocoSharp.Cli.Launching;

namespace MocoSharp.Cli.Commands;

/// <summary><c>moco launch</c>: one training in several processes, on one host or on many.</summary>
internal static class LaunchCommand
{
    private static readonly string[] s_commands = ["train", "resume", "eval knn", "eval linear"];

    internal static Command Create(CommandContext context)
    {
        Option<int?> processes = Options.AtLeastOne("--processes", "count",
            "Processes on each host. Default: PET_NPROC_PER_NODE, or 1.");
        Option<int?> nodes = Options.AtLeastOne("--nodes", "count", "Hosts; start this command on each. Default: PET_NNODES, or 1.");
        Option<int?> nodeRank = Options.Within("--node-rank", "number", 0, 1_000_000,
            "This host's number, from 0. Default: PET_NODE_RANK, or 0.");
        Option<string?> master = new("--master")
        {
            Description =
                "Where host 0 is, and a free port there. Default: PET_MASTER_ADDR and PET_MASTER_PORT; on one host any free port.",
            HelpName = "host:port",
        };
        Option<int?> restarts = Options.Within("--restarts", "count", 0, 1_000_000,
            "How often to start all processes again after one has failed: they go on from the newest checkpoint. Default: 0.");
        Argument<string[]> command = new("command")
        {
            Description = "Behind --: what each process does, 'train …', 'resume …', 'eval knn …' or 'eval linear …' with its options.",
            Arity = ArgumentArity.OneOrMore,
        };
        Command launch = new("launch", "Train in several processes at once, on one host or on many: moco launch --processes 2 -- train …")
        {
            processes, nodes, nodeRank, master, restarts, command,
        };
        launch.SetAction((parse, _) =>
        {
            string[] words = parse.GetRequiredValue(command);
            string what = words[0] == "eval" && words.Length > 1 ? $"eval {words[1]}" : words[0];
            if (!s_commands.Contains(what))
                throw new UsageException($"'{what}' is not shared by several processes; 'train', 'resume', 'eval knn' and 'eval linear' "
                    + "are: run it without launch", launch);
            int hosts = parse.GetValue(nodes) ?? Number("PET_NNODES") ?? 1, own = parse.GetValue(nodeRank) ?? Number("PET_NODE_RANK") ?? 0;
            if (own >= hosts)
                throw new UsageException($"--node-rank is {own}, and there {(hosts == 1 ? "is 1 host" : $"are {hosts} hosts")}, from 0 on",
                    launch);
            (string host, int port) = Place(parse.GetValue(master), hosts, launch);
            int each = parse.GetValue(processes) ?? Number("PET_NPROC_PER_NODE") ?? 1;
            return Launcher.RunAsync(context, new LaunchPlan(each, hosts, own, host, port, parse.GetValue(restarts) ?? 0, words));
        });
        return launch;
    }

    private static (string Host, int Port) Place(string? master, int hosts, Command launch)
    {
        string? text = master ?? (Environment.GetEnvironmentVariable("PET_MASTER_ADDR") is { Length: > 0 } host
            ? $"{host}:{Environment.GetEnvironmentVariable("PET_MASTER_PORT") ?? "29500"}" : null);
        if (text is null)
            return hosts == 1 ? ("127.0.0.1", 0)
                : throw new UsageException("several hosts need to know where the first one is", "give all of them --master HOST:PORT");
        int colon = text.LastIndexOf(':');
        if (colon > 0 && int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port is > 0 and <= 65535)
            return (text[..colon].Trim('[', ']'), port);
        throw new UsageException($"--master is '{text}', which is no HOST:PORT", launch);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value
        : null;
}
