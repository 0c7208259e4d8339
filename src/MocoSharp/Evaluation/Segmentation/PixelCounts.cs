namespace MocoSharp.Evaluation.Segmentation;

/// <summary>How many pixels of each class were given each name. Names are classes, or clusters.</summary>
/// <param name="truths">Classes, 1 or more.</param>
/// <param name="names">Names, 1 or more; the first ones are the classes where names are classes.</param>
internal sealed class PixelCounts(int truths, int names)
{
    private readonly long[] _counts = new long[truths * names];

    /// <summary>Classes.</summary>
    internal int Truths => truths;

    /// <summary>Names.</summary>
    internal int Names => names;

    /// <summary>Pixels of one class that were given one name.</summary>
    internal long this[int truth, int name]
    {
        get => _counts[truth * names + name];
        private set => _counts[truth * names + name] = value;
    }

    /// <summary>Counts pixels.</summary>
    /// <param name="truth">Classes; those of <see cref="PixelLabels.None"/> do not count.</param>
    /// <param name="named">As many names.</param>
    internal void Add(ReadOnlySpan<byte> truth, ReadOnlySpan<byte> named)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(named.Length, truth.Length, nameof(named));
        for (int i = 0; i < truth.Length; i++)
            if (truth[i] != PixelLabels.None)
                _counts[truth[i] * names + named[i]]++;
    }

    /// <summary>All pixels that were counted.</summary>
    internal long Total => _counts.Sum();

    /// <summary>Pixels of one class.</summary>
    internal long OfClass(int truth) => Enumerable.Range(0, names).Sum(name => this[truth, name]);

    /// <summary>Pixels that were given one name.</summary>
    internal long OfName(int name) => Enumerable.Range(0, truths).Sum(truth => this[truth, name]);

    /// <summary>Intersection over union of a class and its name, 0 to 1; null where there is no pixel of either.</summary>
    internal double? IntersectionOverUnion(int kind)
    {
        long union = OfClass(kind) + OfName(kind) - this[kind, kind];
        return union == 0 ? null : (double)this[kind, kind] / union;
    }

    /// <summary>The mean over the classes that have pixels, true or named; each counts the same.</summary>
    internal double MeanIntersectionOverUnion =>
        Enumerable.Range(0, truths).Select(IntersectionOverUnion).OfType<double>().DefaultIfEmpty(double.NaN).Average();

    /// <summary>Share of pixels that were given their class's name, 0 to 1.</summary>
    internal double Accuracy => (double)Enumerable.Range(0, truths).Sum(kind => this[kind, kind]) / Total;

    /// <summary>The same for one class; null where it has no pixel.</summary>
    internal double? AccuracyOf(int truth) => OfClass(truth) is > 0 and long all ? (double)this[truth, truth] / all : null;

    /// <summary>The other class that most of a class's wrong pixels were taken for; null where none was.</summary>
    internal int? MistakenFor(int truth)
    {
        int? worst = null;
        for (int other = 0; other < Math.Min(truths, names); other++)
            if (other != truth && this[truth, other] > (worst is { } w ? this[truth, w] : 0)) worst = other;
        return worst;
    }

    /// <summary>Each cluster's class, so that as many pixels as possible are right and no class has two clusters; −1 for clusters that no
    /// class is left for.</summary>
    internal int[] BestClasses()
    {
        double[,] gains = new double[names, truths];
        for (int truth = 0; truth < truths; truth++)
            for (int name = 0; name < names; name++) gains[name, truth] = this[truth, name];
        return Assignment.Largest(gains);
    }

    /// <summary>The counts with clusters renamed to classes; one name more stands for clusters without a class.</summary>
    /// <param name="classes">One a cluster, or −1.</param>
    internal PixelCounts Renamed(IReadOnlyList<int> classes)
    {
        PixelCounts renamed = new(truths, truths + 1);
        for (int truth = 0; truth < truths; truth++)
            for (int name = 0; name < names; name++) renamed[truth, classes[name] < 0 ? truths : classes[name]] += this[truth, name];
        return renamed;
    }
}
