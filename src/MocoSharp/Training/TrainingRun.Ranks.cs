using System.Diagnostics;
using MocoSharp.Runs;
using MocoSharp.Torch;
using MocoSharp.Torch.Distributed;

namespace MocoSharp.Training;

// What a training has to do with the other ranks; alone it is nothing.
public sealed partial class TrainingRun
{
    private Peers Peers => _session?.Peers ?? Peers.Alone;

    /// <summary>Whether this process writes the run's folder.</summary>
    private bool Writes => _session?.IsFirst ?? true;

    /// <summary>Warns of what all ranks see alike.</summary>
    private void Said(string warning)
    {
        if (Writes) _progress.Warn(warning);
    }

    /// <summary>Does something in the folder, which the other ranks wait for.</summary>
    private void Write(Action work)
    {
        if (_session is null) work();
        else _session.First(work);
    }

    /// <summary>Makes sure that all ranks train the same, and gives them rank 0's weights.</summary>
    private void MeetOthers()
    {
        if (_session is null) return;
        _session.Compare(
        [
            ("the program's version", _environment.Version), ("libtorch's version", _environment.Libtorch),
            ("the precision", _environment.Precision), ("what the recipe teaches", _environment.Recipe ?? ""),
            ("what is in the pictures' folder", _environment.Fingerprint),
            ("the encoder to begin with", _environment.Start?.Checksum ?? ""),
            ("the update to go on from", $"{_position.Epoch}/{_position.BatchInEpoch}/{_position.Step}"),
        ]);
        _method.Join(Peers);
        foreach ((_, Tensor value) in _method.State().Concat(_optimizer.State)) Peers.Take(value);
        _optimizer.Join(Peers);
        int splits = _recipe.Encoder.BatchNormSplits;
        string norms = splits >= Peers.Count || !_recipe.Encoder.HasBatchNorm ? ""
            : $"; batch norm takes its statistics in {Peers.Count} parts, one a rank, where the recipe has {splits}";
        _progress?.Report(new RanksMet(_session.Description + norms));
    }

    /// <summary>Whether the training is to stop behind this update. Ranks must agree on it, so they ask before they compute; alone, the
    /// newest answer counts.</summary>
    private bool IsStopping(CancellationToken cancel) => _session is null ? cancel.IsCancellationRequested : _someoneStops;

    /// <summary>The means over ranks of a batch's loss and measures; learns too whether any rank is asked to stop.</summary>
    private (double Loss, IReadOnlyDictionary<string, double>? Measures) Agreed(double loss, IReadOnlyDictionary<string, double>? measures,
        CancellationToken cancel)
    {
        if (_session is null) return (loss, measures);
        string[] names = [.. (measures?.Keys ?? []).Order(StringComparer.Ordinal)];
        double[] means = Peers.Mean([loss, cancel.IsCancellationRequested ? 1 : 0, .. names.Select(name => measures![name])]);
        _someoneStops = means[1] > 0;
        return (means[0], names.Length == 0 ? measures : names.Zip(means[2..]).ToDictionary());
    }

    /// <summary>Tests, each rank its share of the pictures, so that all come to the same; null when it was canceled.</summary>
    private EpochScores? Test(int epoch, bool isLast, CancellationToken cancel)
    {
        using Activity? span = _telemetry.Span("test");
        if (_session is null) return _tests.Run(epoch, isLast, cancel);
        RankStatistics.Share(_method);
        RankAgreement.Restore(_method.State().Concat(_optimizer.State), Peers, Said);
        _method.Join(Peers.Alone);           // a batch of a test is one rank's
        EpochScores? scores = _tests.Run(epoch, isLast, cancel);
        _method.Join(Peers);
        return scores;
    }

    /// <summary>How many pictures no rank could read so far, each once: from epoch to epoch it comes to other ranks.</summary>
    private int BadCount()
    {
        double[] own = [.. _loaders.BadImages.Select(static bad => (double)bad.Index)];
        int most = (int)Peers.All([own.Length]).Max(static of => of[0]);
        if (most == 0) return 0;
        return Peers.All([.. own, .. Enumerable.Repeat(-1.0, most - own.Length)]).SelectMany(static of => of)
            .Where(static index => index >= 0).Distinct().Count();
    }

    /// <summary>How each rank fared in the epoch; null for one that trains alone.</summary>
    private IReadOnlyList<RankMetrics>? OfRanks()
    {
        if (_session is null) return null;
        double[] own = [_meter.Rate, (_loaders.Waited - _waitedForPictures).TotalSeconds, (Peers.Waited - _waitedForOthers).TotalSeconds,
            Peers.BytesSent - _bytesBefore];
        (_waitedForPictures, _waitedForOthers, _bytesBefore) = (_loaders.Waited, Peers.Waited, Peers.BytesSent);
        return [.. Peers.All(own).Select(static (of, rank) => new RankMetrics(rank, of[0], of[1], of[2], (long)of[3]))];
    }

    /// <summary>Trains; an error that another rank is the cause of names it.</summary>
    private TrainingResult Attempt(CancellationToken cancel)
    {
        try
        {
            return Train(cancel);
        }
        catch (Exception error) when (_session is not null && error is not OperationCanceledException)
        {
            Exception explained = _session.Explained(error);
            if (!ReferenceEquals(explained, error)) throw explained;
            throw;
        }
    }
}
