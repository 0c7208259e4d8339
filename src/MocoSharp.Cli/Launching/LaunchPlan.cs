using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MocoSharp.Cli.Launching;

/// <summary>Which processes this host starts, and how they find the others.</summary>
/// <param name="Processes">On each host.</param>
/// <param name="Nodes">Hosts.</param>
/// <param name="NodeRank">This host's number, from 0.</param>
/// <param name="Host">Where rank 0 is.</param>
/// <param name="Port">Where rank 0 is found; 0: a free one, anew at each start.</param>
/// <param name="Restarts">How often to begin again after a failure.</param>
/// <param name="Arguments">What each process does: train … or resume ….</param>
internal sealed record LaunchPlan(int Processes, int Nodes, int NodeRank, string Host, int Port, int Restarts,
    IReadOnlyList<string> Arguments)
{
    private static readonly string[] s_kept = ["--threads", "--stop-after"];

    /// <summary>Processes on all hosts.</summary>
    internal int Ranks => Processes * Nodes;

    /// <summary>The port of a start.</summary>
    internal int PortNow()
    {
        if (Port != 0) return Port;
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }

    /// <summary>What one process is told, as torchrun tells it.</summary>
    internal IEnumerable<(string Name, string Value)> VariablesOf(int local, int restart, int port) =>
    [
        ("RANK", Number(NodeRank * Processes + local)), ("WORLD_SIZE", Number(Ranks)), ("LOCAL_RANK", Number(local)),
        ("LOCAL_WORLD_SIZE", Number(Processes)), ("GROUP_RANK", Number(NodeRank)), ("MASTER_ADDR", Host), ("MASTER_PORT", Number(port)),
        ("TORCHELASTIC_RUN_ID", "moco"), ("TORCHELASTIC_RESTART_COUNT", Number(restart)),
    ];

    /// <summary>What the processes do after a failure: go on with the run where it has a checkpoint.</summary>
    internal IReadOnlyList<string> ArgumentsAfter(int restart)
    {
        if (restart == 0 || Arguments[0] != "train" || ValueOf("--run") is not { } run) return Arguments;
        if (new Runs.RunFolder(run).Steps().Count == 0) return Arguments;
        List<string> resume = ["resume", run];
        foreach (string option in s_kept)
            if (ValueOf(option) is { } value) resume.AddRange([option, value]);
        return resume;
    }

    private string? ValueOf(string option)
    {
        for (int i = 0; i < Arguments.Count; i++)
        {
            if (Arguments[i] == option && i + 1 < Arguments.Count) return Arguments[i + 1];
            if (Arguments[i].StartsWith(option + '=', StringComparison.Ordinal)) return Arguments[i][(option.Length + 1)..];
        }
        return null;
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
