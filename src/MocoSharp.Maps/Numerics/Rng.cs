namespace MocoSharp.Maps.Numerics;

/// <summary>A stream of random numbers that is found by address, so that who draws first changes nothing.</summary>
/// <remarks>SplitMix64 (Steele, Lea and Flood 2014) started at a hash of the address.</remarks>
internal struct Rng
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state;

    private Rng(ulong state) => _state = state;

    /// <summary>What a stream is for: the first coordinate of its address.</summary>
    internal enum Use { Forest, Candidates, Fill, Eigenvectors, Noise, Layout, Transform, Sample, RandomStart, Centers }

    internal static Rng For(ulong seed, Use use, long first, long second = 0)
    {
        ulong state = Mix(seed + Step);
        state = Mix(state ^ Mix((ulong)use ^ Step));
        state = Mix(state ^ Mix((ulong)first ^ 0xD1B54A32D192ED03));
        return new Rng(Mix(state ^ Mix((ulong)second ^ 0xABC98388FB8FAC03)));
    }

    internal ulong NextUInt64() => Mix(_state += Step);

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    internal double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>0 … count − 1; uneven by less than count / 2³².</summary>
    internal int NextInt32(int count) => Below(count, (uint)NextUInt64());

    internal static int Below(int count, uint bits) => (int)((ulong)bits * (uint)count >> 32);

    /// <summary>Standard normal (Box and Muller; two draws a value).</summary>
    internal double NextGaussian() => Math.Sqrt(-2 * Math.Log(1 - NextDouble())) * Math.Cos(2 * Math.PI * NextDouble());

    internal static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
