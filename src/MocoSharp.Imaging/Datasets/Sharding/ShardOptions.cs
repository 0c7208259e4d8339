namespace MocoSharp.Imaging.Datasets.Sharding;

/// <summary>How shards are made.</summary>
/// <param name="Megabytes">A shard gets no picture more once it has so many, 1 or more, of 1,000,000 bytes; not looked at where <paramref
/// name="Count"/> is set.</param>
/// <param name="Count">Pictures a shard, 1 or more; 0 cuts by size.</param>
/// <param name="MaximumBadShare">The share of files, 0 to 1, that may be of no known format. They are left out and counted.</param>
public sealed record ShardOptions(int Megabytes = 256, int Count = 0, double MaximumBadShare = 0.01)
{
    internal const int Most = 1_000_000;

    /// <summary>Checks the values.</summary>
    /// <exception cref="ImagingException">MS5305: a value is out of range.</exception>
    public void Check()
    {
        Require(Megabytes is >= 1 and <= Most, "size", Megabytes, $"1 to {Most:N0} megabytes");
        Require(Count is >= 0 and <= Most, "count", Count, $"1 to {Most:N0} pictures");
        Require(MaximumBadShare is >= 0 and <= 1, "maximumBadShare", MaximumBadShare, "a number from 0 to 1");
    }

    private static void Require(bool holds, string name, object value, string wanted)
    {
        if (!holds)
            throw new ImagingException(ErrorIds.CannotShard, $"{name} is {value}", at: name, fix: $"set {name} to {wanted}");
    }
}

/// <summary>How far a making of shards is.</summary>
/// <param name="Done">Pictures written, or shards indexed.</param>
/// <param name="Total">Of so many.</param>
/// <param name="Bytes">Bytes written.</param>
public sealed record ShardProgress(int Done, int Total, long Bytes);

/// <summary>What a making of shards came to.</summary>
/// <param name="Shards">Files made, or indexed.</param>
/// <param name="Pictures">In them.</param>
/// <param name="Bytes">Their length, indices left out.</param>
/// <param name="LeftOut">Files of no known format, each with its reason.</param>
/// <param name="Notes">What was passed over in shards of others, a sentence each.</param>
public sealed record ShardResult(int Shards, long Pictures, long Bytes, IReadOnlyList<string> LeftOut, IReadOnlyList<string> Notes);
