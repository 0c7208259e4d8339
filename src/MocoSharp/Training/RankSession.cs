using System.Runtime.ExceptionServices;
using MocoSharp.Features;
using MocoSharp.Runs;
using MocoSharp.Torch.Distributed;

namespace MocoSharp.Training;

/// <summary>One training in several processes, from their meeting to their parting.</summary>
internal sealed class RankSession : IDisposable
{
    private const string Done = "done", Stopped = "stopped";
    private static readonly TimeSpan s_glance = TimeSpan.FromMilliseconds(50);
    private readonly RankSettings _settings;
    private readonly TimeProvider _time;
    private readonly Store _store;
    private readonly RankBeat _beat;
    private readonly ProcessGroup _group;
    private readonly string[] _hosts;
    private bool _isLost;
    private int _waits, _parts;

    private RankSession(RankSettings settings, TimeProvider time, Store store, string[] hosts)
    {
        (_settings, _time, _store, _hosts) = (settings, time, store, hosts);
        _group = ProcessGroup.Connect(store, Key("gloo"), settings.Rank, settings.Count, settings.Patience, settings.NetworkInterface);
        Peers = new Peers(_group);
        _beat = new RankBeat(Store.Open(settings.Host, store.Port, serves: false, settings.MeetingTime), Key($"beat{settings.Rank}"), Peers,
            time);
    }

    /// <summary>The ranks, for methods and layers.</summary>
    internal Peers Peers { get; }

    /// <summary>Work that the ranks share.</summary>
    internal SharedWork Work => new(Peers, Together);

    /// <summary>Whether this is the rank that writes the run.</summary>
    internal bool IsFirst => _settings.Rank == 0;

    /// <summary>For people: who is there and over which network.</summary>
    internal string Description => $"rank {_settings.Rank} of {_settings.Count} on {string.Join(", ", _hosts.Select(HostOf).Distinct())}, "
        + $"over {_group.Device}";

    /// <summary>Meets the other ranks.</summary>
    /// <exception cref="MocoException">MS5261: rank 0 is not found. MS5264: ranks are missing, and which. MS5266: a rank is there
    /// twice.</exception>
    internal static RankSession Meet(RankSettings settings, TimeProvider time)
    {
        Store store = Store.Open(settings.Host, settings.Port, settings.Rank == 0 && !settings.IsServed, settings.MeetingTime);
        try
        {
            string place = $"{settings.Run}/{settings.Restart}/";
            if (store.Add($"{place}came{settings.Rank}", 1) > 1)
                throw new MocoException(ErrorIds.RankTwice, $"rank {settings.Rank} is there twice", at: $"{settings.Host}:{settings.Port}",
                    fix: "give each process another RANK, and each training another port; or let 'moco launch' do both");
            store.Set($"{place}host{settings.Rank}", $"{Environment.MachineName}, process {Environment.ProcessId}");
            string?[] hosts = new string?[settings.Count];
            long begun = time.GetTimestamp();
            while (true)
            {
                for (int rank = 0; rank < hosts.Length; rank++) hosts[rank] ??= store.Get($"{place}host{rank}");
                if (hosts.All(static host => host is not null)) break;
                if (time.GetElapsedTime(begun) > settings.MeetingTime) throw Missing(settings, hosts);
                Pause();
            }
            return new RankSession(settings, time, store, [.. hosts.Select(static host => host!)]);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Does a training's work among the ranks that were asked for, or alone.</summary>
    /// <param name="settings">Which rank this is; null for none.</param>
    /// <param name="time">The clock; the system's by default.</param>
    /// <param name="progress">Told what this rank has to tell.</param>
    /// <param name="work">The work, with the session and what is to be told of it.</param>
    internal static T Around<T>(RankSettings? settings, TimeProvider? time, IProgress<RunProgress>? progress,
        Func<RankSession?, IProgress<RunProgress>?, T> work)
    {
        if (settings is null) return work(null, progress);
        progress.Doing($"rank {settings.Rank} waits for the others at {settings.Host}:{settings.Port}");
        using RankSession session = Meet(settings, time ?? TimeProvider.System);
        try
        {
            return work(session, session.IsFirst || progress is null ? progress : new RankProgress(progress, settings.Rank));
        }
        catch (Exception error)
        {
            Exception explained = session.Explained(error);
            if (!ReferenceEquals(explained, error)) throw explained;
            throw;
        }
    }

    /// <summary>Lets only those train together who train the same.</summary>
    /// <param name="what">Names and values, the same names on all ranks.</param>
    /// <exception cref="MocoException">MS5267: something differs; says what, and where.</exception>
    internal void Compare(IReadOnlyList<(string Name, string Value)> what)
    {
        what = [("the number of ranks", $"{_settings.Count}"), .. what];
        _store.Set(Key($"is{_settings.Rank}"), string.Join('\n', what.Select(static item => item.Value.ReplaceLineEndings(" "))));
        for (int rank = 0; rank < _settings.Count; rank++)
        {
            string[] others = Await(Key($"is{rank}"), rank).Split('\n');
            for (int i = 0; i < what.Count; i++)
                if (others.ElementAtOrDefault(i) != what[i].Value.ReplaceLineEndings(" "))
                    throw new MocoException(ErrorIds.RanksDiffer, $"{what[i].Name} differs: {others.ElementAtOrDefault(i)} on rank {rank} "
                        + $"({_hosts[rank]}), {what[i].Value} on rank {_settings.Rank} ({_hosts[_settings.Rank]})",
                        fix: "start all ranks with the same program, command and pictures");
        }
    }

    /// <summary>Tells the others how far this rank is.</summary>
    internal void At(long step) => _beat.Step = step;

    /// <summary>Rank 0 does something that may take long, and the others wait for it as long as it lives.</summary>
    internal void First(Action work)
    {
        string key = Key($"done{_waits++}");
        if (!IsFirst)
        {
            _ = Await(key, rank: 0);
            return;
        }
        work();
        _store.Set(key, Done);
    }

    /// <summary>An error of one rank as all should see it: which rank was lost, where that is the cause. Tells the others where it is
    /// not.</summary>
    internal Exception Explained(Exception error)
    {
        if (_isLost) return error;
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
            if (cause is RankLostException lost) return Lost(lost);
        Failed(error);
        return error;
    }

    /// <summary>Each rank does its part of something that may take long, and waits for the others as long as they live. Where one is asked
    /// to stop, or fails, all end alike.</summary>
    private void Together(Action part)
    {
        string name = $"part{_parts++}of";
        Exception? failure = null;
        try
        {
            part();
        }
        catch (Exception error) when (error is OperationCanceledException or MocoException and not RankLostException)
        {
            failure = error;
        }
        _store.Set(Key($"{name}{_settings.Rank}"), failure is null ? Done : failure is OperationCanceledException ? Stopped
            : failure.Message);
        string[] all = [.. _hosts.Select((_, rank) => Await(Key($"{name}{rank}"), rank))];
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        if (all.Contains(Stopped)) throw new OperationCanceledException("another rank was asked to stop");
        int failed = Array.FindIndex(all, static told => told != Done);
        if (failed >= 0)
            throw new MocoException(ErrorIds.PartFailed, $"rank {failed} ({_hosts[failed]}) could not do its part: {all[failed]}",
                fix: "see its own messages, and mend what they name");
    }

    /// <summary>Who did not come, once a call to the others has failed; the error to end with.</summary>
    private RankLostException Lost(RankLostException error)
    {
        _isLost = true;
        Task<string?> asked = Task.Run(() => WhoIsMissing());
        string who;
        try
        {
            who = asked.Wait(RankBeat.Period * 8) ? asked.Result ?? "another rank has ended, or did not come in time"
                : $"rank 0 ({_hosts[0]}) does not answer";
        }
        catch (AggregateException)
        {
            who = $"rank 0 ({_hosts[0]}) has ended or was stopped";
        }
        return new RankLostException(error.Why, who);
    }

    /// <summary>Waits until all ranks are here.</summary>
    internal void Part()
    {
        _store.Set(Key($"left{_settings.Rank}"), "left");
        if (!IsFirst) return;
        for (int rank = 1; rank < _settings.Count; rank++) _ = Await(Key($"left{rank}"), rank);
    }

    /// <summary>Tells the others why this rank ends.</summary>
    private void Failed(Exception error)
    {
        _isLost = true;
        try
        {
            _store.Set(Key("failed"), $"rank {_settings.Rank} ({_hosts[_settings.Rank]}) has ended: {error.Message}");
            if (!IsFirst || _settings.IsServed) return;
            using ManualResetEventSlim never = new();
            _ = never.Wait(RankBeat.Period * 3);         // whoever asks may still learn why
        }
        catch (MocoException)
        {
            // then rank 0 has gone, and the others know
        }
    }

    public void Dispose()
    {
        _beat.Dispose();
        // gloo's threads may hang in a call that a lost rank never answers; the process ends soon
        if (_isLost) return;
        _group.Dispose();
        _store.Dispose();
    }

    private string Key(string name) => $"{_settings.Run}/{_settings.Restart}/{name}";

    private static string HostOf(string place) => place.Split(',')[0];

    private static void Pause()
    {
        using ManualResetEventSlim never = new();
        _ = never.Wait(s_glance);
    }

    /// <summary>A value that a rank gives in its own time; waits as long as that rank lives.</summary>
    private string Await(string key, int rank)
    {
        (long Count, long Since) beat = (-1, _time.GetTimestamp());
        while (true)
        {
            if (_store.Get(key) is { } value) return value;
            if (_store.Get(Key("failed")) is { } failed)         // what it gave before it failed still counts
                return _store.Get(key) ?? throw new RankLostException("it says why there", failed);
            long count = RankBeat.Read(_store.Get(Key($"beat{rank}")))?.Count ?? 0;
            if (count != beat.Count) beat = (count, _time.GetTimestamp());
            if (_time.GetElapsedTime(beat.Since) > _settings.Patience)
                throw new RankLostException($"no sign of it in {_settings.Patience.TotalSeconds:f0} s", $"rank {rank} ({_hosts[rank]})");
            Pause();
        }
    }

    /// <summary>A rank whose beat has stopped; else one that says why it ended; else the one that works while the others wait.</summary>
    private string? WhoIsMissing()
    {
        if (_store.Get(Key("failed")) is { } failed) return failed;
        (long Count, long Step, bool Waits)?[] before = Beats();
        using (ManualResetEventSlim never = new()) _ = never.Wait(RankBeat.Period * 3);
        (long Count, long Step, bool Waits)?[] after = Beats();
        if (_store.Get(Key("failed")) is { } since) return since;
        string[] silent = [.. Others().Where(rank => after[rank]?.Count == before[rank]?.Count)
            .Select(rank => $"rank {rank} ({_hosts[rank]}) has ended or was stopped, after update {after[rank]?.Step ?? 0}")];
        if (silent.Length > 0) return string.Join("; ", silent);
        string[] slow = [.. Others().Where(rank => after[rank] is { Waits: false })
            .Select(rank => $"rank {rank} ({_hosts[rank]}) works and did not come in {_settings.Patience.TotalSeconds:f0} s, after update "
            + $"{after[rank]!.Value.Step}")];
        return slow.Length > 0 ? string.Join("; ", slow) : null;

        IEnumerable<int> Others() => Enumerable.Range(0, _settings.Count).Where(rank => rank != _settings.Rank);
        (long Count, long Step, bool Waits)?[] Beats() =>
            [.. Enumerable.Range(0, _settings.Count).Select(rank => RankBeat.Read(_store.Get(Key($"beat{rank}"))))];
    }

    private static MocoException Missing(RankSettings settings, string?[] hosts)
    {
        string[] missing = [.. Enumerable.Range(0, hosts.Length).Where(rank => hosts[rank] is null).Select(static rank => $"{rank}")];
        return new MocoException(ErrorIds.RanksMissing,
            $"{(missing.Length == 1 ? "rank" : "ranks")} {string.Join(", ", missing)} of {settings.Count} did not come in "
            + $"{settings.MeetingTime.TotalSeconds:f0} s; there {(hosts.Length - missing.Length == 1 ? "is" : "are")} "
            + string.Join("; ", hosts.Select(static (host, rank) => host is null ? null : $"rank {rank} ({host})").OfType<string>()),
            at: $"{settings.Host}:{settings.Port}",
            fix: "start the missing ones with the same MASTER_ADDR, MASTER_PORT and WORLD_SIZE, or all within MOCO_RENDEZVOUS_TIMEOUT "
            + "seconds of each other");
    }
}
