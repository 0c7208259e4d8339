using System.Globalization;

namespace MocoSharp.Training;

/// <summary>Which of the processes that train together this one is, and where they meet: as torchrun says it.</summary>
/// <param name="Rank">From 0.</param>
/// <param name="Count">How many there are in all.</param>
/// <param name="LocalRank">From 0, on this host.</param>
/// <param name="LocalCount">How many there are on this host.</param>
/// <param name="Host">Where rank 0 is.</param>
/// <param name="Port">Where rank 0 is found, 1 to 65535.</param>
/// <param name="Run">A name that all give the training.</param>
/// <param name="Restart">How often all were started again.</param>
/// <param name="IsServed">Whether the launcher serves the meeting place and not rank 0.</param>
public sealed record RankSettings(
    int Rank, int Count, int LocalRank, int LocalCount, string Host, int Port, string Run = "none", int Restart = 0, bool IsServed = false)
{
    /// <summary>How long a call waits for the other ranks before they count as lost. 5 minutes by default; <c>MOCO_RANK_TIMEOUT</c> in
    /// seconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long to wait for all ranks to begin. 5 minutes by default; <c>MOCO_RENDEZVOUS_TIMEOUT</c> in seconds.</summary>
    public TimeSpan MeetingTime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The network interface to use; empty for the one that the host's own name leads to. <c>GLOO_SOCKET_IFNAME</c>.</summary>
    public string NetworkInterface { get; init; } = "";

    /// <summary>What a launcher has put into the environment: <c>RANK</c>, <c>WORLD_SIZE</c>, <c>LOCAL_RANK</c>, <c>LOCAL_WORLD_SIZE</c>,
    /// <c>MASTER_ADDR</c>, <c>MASTER_PORT</c>, <c>TORCHELASTIC_RUN_ID</c> and <c>TORCHELASTIC_RESTART_COUNT</c>; or one process a host by
    /// <c>PET_NNODES</c>, <c>PET_NODE_RANK</c>, <c>PET_MASTER_ADDR</c> and <c>PET_MASTER_PORT</c>. Null where this process trains
    /// alone.</summary>
    /// <param name="variable">Reads a variable; the process's environment by default.</param>
    /// <exception cref="MocoException">MS5265: a variable is missing, or is no number that fits.</exception>
    public static RankSettings? FromEnvironment(Func<string, string?>? variable = null)
    {
        Variables of = new(variable ?? Environment.GetEnvironmentVariable);
        (RankSettings? found, string host, string port) = of.Has("WORLD_SIZE") || of.Has("RANK")
            ? (new RankSettings(of.Number("RANK", 0), of.Number("WORLD_SIZE", 1), of.Number("LOCAL_RANK", 0, 0),
                of.Number("LOCAL_WORLD_SIZE", 1, 1), "", 0, of.Text("TORCHELASTIC_RUN_ID") ?? "none",
                of.Number("TORCHELASTIC_RESTART_COUNT", 0, 0), of.Text("TORCHELASTIC_USE_AGENT_STORE") == "True"),
                "MASTER_ADDR", "MASTER_PORT")
            : of.Has("PET_NNODES") ? (of.OfHosts(), "PET_MASTER_ADDR", "PET_MASTER_PORT") : (null, "", "");
        if (found is null || found.Count == 1) return null;
        if (found.Rank >= found.Count)
            throw new MocoException(ErrorIds.RankSettings, $"the rank is {found.Rank}, and there are {found.Count}, from 0 on",
                at: "RANK, WORLD_SIZE", fix: "give each process another number below WORLD_SIZE, or let 'moco launch' do it");
        return found with
        {
            Host = of.Text(host) ?? throw Variables.Missing(host),
            Port = of.Number(port, 1, most: 65535),
            Patience = TimeSpan.FromSeconds(of.Number("MOCO_RANK_TIMEOUT", 1, 300)),
            MeetingTime = TimeSpan.FromSeconds(of.Number("MOCO_RENDEZVOUS_TIMEOUT", 1, 300)),
            NetworkInterface = (of.Text("GLOO_SOCKET_IFNAME") ?? "").Split(',')[0],
        };
    }

    private sealed class Variables(Func<string, string?> read)
    {
        internal static MocoException Missing(string name) => new(ErrorIds.RankSettings, $"{name} is not set", at: name,
            fix: "let a launcher set it ('moco launch', torchrun), or set RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT for each process");

        internal bool Has(string name) => Text(name) is not null;

        internal string? Text(string name) => read(name) is { Length: > 0 } text ? text : null;

        internal int Number(string name, int least, int? without = null, int most = int.MaxValue)
        {
            if (Text(name) is not { } text) return without ?? throw Missing(name);
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most)
                return value;
            throw new MocoException(ErrorIds.RankSettings, $"{name} is '{text}', which is no whole number "
                + (most < int.MaxValue ? $"from {least} to {most}" : $"of {least} or more"), at: name,
                fix: $"set {name} right, or leave it to 'moco launch'");
        }

        internal RankSettings OfHosts()
        {
            if (Text("PET_NPROC_PER_NODE") is { } each && each != "1")
                throw new MocoException(ErrorIds.RankSettings, $"PET_NPROC_PER_NODE is {each}, and this is one process",
                    at: "PET_NPROC_PER_NODE", fix: "put 'moco launch -- ' before train: it starts as many as the variables say");
            return new RankSettings(Number("PET_NODE_RANK", 0), Number("PET_NNODES", 1), 0, 1, "", 0);
        }
    }
}
