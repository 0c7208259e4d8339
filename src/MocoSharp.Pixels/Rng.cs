namespace MocoSharp.Imaging;

/// <summary>A stream of random numbers that is found by address, so that who draws first changes nothing.</summary>
/// <remarks>SplitMix64 (Steele, Lea and Flood 2014) started at a hash of the address. A value type: pass it by
/// <see langword="ref"/>.</remarks>
public struct Rng
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state;

    private Rng(ulong state) => _state = state;

    /// <summary>The stream of one address.</summary>
    /// <param name="seed">The run's only source of randomness.</param>
    /// <param name="epoch">Epoch, or any other first coordinate.</param>
    /// <param name="sample">Sample's index in the source.</param>
    /// <param name="view">View number.</param>
    public static Rng For(ulong seed, long epoch = 0, long sample = 0, long view = 0)
    {
        ulong state = Mix(seed + Step);
        state = Mix(state ^ Mix((ulong)epoch ^ Step));
        state = Mix(state ^ Mix((ulong)sample ^ 0xD1B54A32D192ED03));
        return new Rng(Mix(state ^ Mix((ulong)view ^ 0xABC98388FB8FAC03)));
    }

    /// <summary>64 random bits.</summary>
    public ulong NextUInt64() => Mix(_state += Step);

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, 1), 24 bits.</summary>
    public float NextSingle() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in [low, high).</summary>
    public float NextSingle(float low, float high) => low + (high - low) * NextSingle();

    /// <summary>Uniform in 0 … count − 1, without bias.</summary>
    /// <param name="count">1 or more.</param>
    public int NextInt32(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ulong range = (ulong)count, limit = ulong.MaxValue - ulong.MaxValue % range;
        ulong bits;
        do bits = NextUInt64(); while (bits >= limit);
        return (int)(bits % range);
    }

    /// <summary>Standard normal (Box and Muller; two draws a value).</summary>
    public double NextGaussian() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    /// <summary>Puts the items in a random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
