namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>For one axis: which source pixels make up each new pixel, and how much each counts.</summary>
/// <remarks>Pillow's rule: a kernel that widens by the scale when shrinking, cut at the borders, its weights brought to sum 1.</remarks>
internal sealed class ResampleWeights
{
    private int[] _first = [];
    private int[] _count = [];
    private float[] _values = [];

    /// <summary>Weights a new pixel has room for.</summary>
    public int Taps { get; private set; }

    /// <summary>New pixel x starts at this source pixel.</summary>
    public ReadOnlySpan<int> First => _first;

    /// <summary>New pixel x is made of so many source pixels.</summary>
    public ReadOnlySpan<int> Count => _count;

    /// <summary>The weights of new pixel x, one a source pixel.</summary>
    public ReadOnlySpan<float> Of(int x) => _values.AsSpan(x * Taps, _count[x]);

    /// <summary>[window, Taps].</summary>
    public ReadOnlySpan<float> Values => _values;

    /// <summary>Computes them.</summary>
    /// <param name="source">Source pixels on this axis.</param>
    /// <param name="full">New pixels when the whole source is resampled.</param>
    /// <param name="start">First new pixel that is wanted.</param>
    /// <param name="window">How many are wanted.</param>
    /// <param name="interpolation">The kernel.</param>
    /// <param name="unit">What the weights of one pixel sum to: 1, or 1/255 to turn bytes into 0 to 1.</param>
    public void Prepare(int source, int full, int start, int window, Interpolation interpolation, double unit)
    {
        double scale = (double)source / full, widening = Math.Max(scale, 1);
        double support = (interpolation == Interpolation.Bilinear ? 1 : 2) * widening;
        Taps = Math.Min((int)Math.Ceiling(support) * 2 + 1, source);
        Grow(window);
        for (int x = 0; x < window; x++)
        {
            double center = (x + start + 0.5) * scale;
            int first = Math.Max(0, (int)(center - support + 0.5)), end = Math.Min(source, (int)(center + support + 0.5));
            Span<float> weights = _values.AsSpan(x * Taps, Taps);
            double sum = 0;
            for (int i = first; i < end; i++)
                sum += Kernel((i - center + 0.5) / widening, interpolation);
            for (int i = first; i < end; i++)
                weights[i - first] = (float)(Kernel((i - center + 0.5) / widening, interpolation) / sum * unit);
            int count = end - first;
            while (count > 1 && weights[count - 1] == 0) // the triangle's own border: nothing to add
                count--;
            (_first[x], _count[x]) = (first, count);
        }
    }

    /// <summary>Gives all new pixels the same number of taps, some with weight 0, and adds empty pixels up to a multiple of 4.</summary>
    /// <returns>The number of taps.</returns>
    /// <remarks>A loop of one length costs less than the taps it saves: its branches are foreseen.</remarks>
    public int Even(int source, int window)
    {
        int taps = 1;
        foreach (int count in _count.AsSpan(0, window))
            taps = Math.Max(taps, count);
        for (int x = 0; x < window; x++)
        {
            Span<float> weights = _values.AsSpan(x * Taps, Taps);
            weights[_count[x]..].Clear();
            int shift = Math.Max(0, _first[x] + taps - source); // the last pixels start earlier, so that no tap lies beyond the border
            if (shift > 0)
            {
                weights[.._count[x]].CopyTo(weights[shift..]);
                weights[..shift].Clear();
            }
            (_first[x], _count[x]) = (_first[x] - shift, taps);
        }
        for (int x = window; x % 4 != 0; x++)
        {
            (_first[x], _count[x]) = (0, taps);
            _values.AsSpan(x * Taps, Taps).Clear();
        }
        return taps;
    }

    private void Grow(int window)
    {
        int room = (window + 3) / 4 * 4;
        if (_first.Length < room)
            (_first, _count) = (new int[room], new int[room]);
        if (_values.Length < room * Taps)
            _values = new float[room * Taps * 2];
    }

    private static double Kernel(double x, Interpolation interpolation)
    {
        x = Math.Abs(x);
        if (interpolation == Interpolation.Bilinear)
            return Math.Max(0, 1 - x);
        const double A = -0.5;
        return x < 1 ? ((A + 2) * x - (A + 3)) * x * x + 1 : x < 2 ? ((x - 5) * x + 8) * x * A - 4 * A : 0;
    }
}
