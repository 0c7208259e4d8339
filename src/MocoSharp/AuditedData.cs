using MocoSharp.Auditing;
using MocoSharp.Embeddings;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Runs;

namespace MocoSharp;

/// <summary>A data set that is audited, open, with its embeddings where it has them.</summary>
internal sealed class AuditedData : IDisposable
{
    private AuditedData(AuditedSet asked, DataSplits data, OpenSet? set) =>
        (Asked, Data, Set, Source) = (asked, data, set, set?.Pictures.Source ?? data.Whole());

    internal AuditedSet Asked { get; }

    internal DataSplits Data { get; }

    /// <summary>Null without embeddings.</summary>
    internal OpenSet? Set { get; }

    /// <summary>All pictures.</summary>
    internal IImageSource Source { get; }

    internal IReadOnlyList<string> Notes => [.. Data.Notes, .. Source.Notes];

    internal static AuditedData Open(AuditedSet asked)
    {
        LabelsFrom? labels = asked.LabelFile is { } file ? LabelsFrom.Csv(file) : null;
        if (asked.Embeddings is { } embeddings)
        {
            OpenSet set = OpenSet.Open(asked.Data, embeddings, asked.Layer?.Name, labels);
            return new AuditedData(asked, set.Pictures.Data, set);
        }
        return new AuditedData(asked, DataSets.Open(asked.Data, new SourceOptions { Labels = labels ?? LabelsFrom.Auto }), null);
    }

    /// <summary>Whether a picture is one to test on.</summary>
    internal bool IsTest(int index) => index >= Data.Train.Count && index < Data.Train.Count + (Data.Test?.Count ?? 0);

    internal string? Label(int index) => Source.Label(index) is >= 0 and int label ? Source.Classes[label] : null;

    /// <summary>Reads all pictures, once: what is kept of them serves the search for duplicates too.</summary>
    internal AuditedPictures Read(IProgress<RunProgress>? progress, CancellationToken cancel)
    {
        progress.Doing($"reading {Asked.Data}");
        AuditedPictures pictures = AuditedPictures.Read(Source, withSketches: Set is not null, progress, cancel);
        if (Set is not null) Set.Sketches = pictures.Sketch;
        return pictures;
    }

    public void Dispose()
    {
        if (Set is null) Data.Dispose();
        else Set.Dispose();
    }
}
