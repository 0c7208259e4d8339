using System.Diagnostics;
using System.Diagnostics.Metrics;
using MocoSharp.Torch.Distributed;

namespace MocoSharp.Training;

/// <summary>What a training tells programs that listen while it runs: metrics of the meter <see cref="Name"/>, and spans of the activity
/// source of that name. Costs nothing where nobody listens.</summary>
/// <remarks>Names and units are those of OpenTelemetry. Every number bears the run's name and the rank that it is of.</remarks>
public sealed class TrainingTelemetry
{
    /// <summary>The meter's and the activity source's name.</summary>
    public const string Name = "MocoSharp";

    private const string Prefix = "mocosharp.training.";
    private static readonly ActivitySource s_spans = new(Name);
    private static readonly Meter s_meter = new(Name);
    private static readonly Counter<long> s_images = s_meter.CreateCounter<long>(Prefix + "images", "{image}", "Pictures learned from"),
        s_updates = s_meter.CreateCounter<long>(Prefix + "updates", "{update}", "Updates of the weights"),
        s_sent = s_meter.CreateCounter<long>(Prefix + "sent", "By", "Sent to the other ranks");

    private static readonly Counter<double> s_pictureWait =
        s_meter.CreateCounter<double>(Prefix + "wait.pictures", "s", "Waiting for pictures"),
        s_rankWait = s_meter.CreateCounter<double>(Prefix + "wait.ranks", "s", "Waiting for the other ranks");

    private static readonly Gauge<double> s_loss = s_meter.CreateGauge<double>(Prefix + "loss", "{nat}", "Of the last update"),
        s_rate = s_meter.CreateGauge<double>(Prefix + "learning_rate", "1", "Of the last update"),
        s_knn = s_meter.CreateGauge<double>(Prefix + "knn", "%", "Accuracy of the last kNN test");

    private readonly TagList _tags;
    private TimeSpan _pictures, _ranks;
    private long _bytes;

    /// <param name="run">The run's name.</param>
    /// <param name="rank">Of this process, from 0.</param>
    internal TrainingTelemetry(string run, int rank) => _tags = new TagList { { "mocosharp.run", run }, { "mocosharp.rank", rank } };

    /// <summary>Begins a span, such as an epoch; it ends with the activity's disposal.</summary>
    internal Activity? Span(string what)
    {
        Activity? span = s_spans.StartActivity(what);
        if (span is null) return null;
        foreach ((string name, object? value) in _tags) span.SetTag(name, value);
        return span;
    }

    /// <summary>An update was made.</summary>
    /// <param name="pictures">That this rank learned from.</param>
    /// <param name="loss">The mean over ranks, in nats.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="waited">For pictures, since the training began.</param>
    /// <param name="peers">Know what was waited for and sent.</param>
    internal void Update(int pictures, double loss, double rate, TimeSpan waited, Peers peers)
    {
        s_images.Add(pictures, _tags);
        s_updates.Add(1, _tags);
        s_loss.Record(loss, _tags);
        s_rate.Record(rate, _tags);
        s_pictureWait.Add((waited - _pictures).TotalSeconds, _tags);
        s_rankWait.Add((peers.Waited - _ranks).TotalSeconds, _tags);
        s_sent.Add(peers.BytesSent - _bytes, _tags);
        (_pictures, _ranks, _bytes) = (waited, peers.Waited, peers.BytesSent);
    }

    /// <summary>A kNN test was made.</summary>
    /// <param name="percent">Its accuracy.</param>
    internal void Tested(double percent) => s_knn.Record(percent, _tags);
}
