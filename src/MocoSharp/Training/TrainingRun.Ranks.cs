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
        foreach ((_, Tensor value) in _method.State().Concat(_optimizer.State)) Peers.TakeFirst(value);
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

    /// <summary>Tests on rank 0, while the others wait; null when it was canceled.</summary>
    private EpochScores? Test(int epoch, bool isLast, CancellationToken cancel)
    {
        if (_session is null) return _tests.Run(epoch, isLast, cancel);
        RankStatistics.Share(_method);
        EpochScores? own = null;
        _session.First(() =>
        {
            _method.Join(Peers.Alone);           // what a test asks spans no ranks
            own = _tests.Run(epoch, isLast, cancel);
            _method.Join(Peers);
        });
        using TensorScope scope = TensorScope.Begin();
        double[] told = [own is null ? 1 : 0, own?.Knn ?? double.NaN, own?.Validation ?? double.NaN, own?.Probe ?? double.NaN];
        double[] first = Peers.All(told)[0];
        return first[0] != 0 ? null : new EpochScores(Known(first[1]), Known(first[2]), Known(first[3]));

        static double? Known(double value) => double.IsNaN(value) ? null : value;
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
            Exception explained = Explained(error);
            if (!ReferenceEquals(explained, error)) throw explained;
            throw;
        }
    }

    /// <summary>An error of one rank as all should see it: which rank was lost, where that is the cause.</summary>
    private Exception Explained(Exception error)
    {
        if (_session is null) return error;
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
            if (cause is RankLostException lost) return _session.Lost(lost);
        _session.Failed(error);
        return error;
    }
}
