using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Datasets.Packing;

/// <summary>How pictures lie in a packed file.</summary>
public enum PackFormat
{
    /// <summary>Their samples: the fastest to read, and the largest.</summary>
    Raw,

    /// <summary>JPEG. A JPEG file that need not be shrunk is taken as it is, so that nothing is lost.</summary>
    Jpeg,
}

/// <summary>How a packed file is made.</summary>
/// <param name="Format">How pictures lie in it.</param>
/// <param name="Size">Pictures whose shorter side is longer are shrunk to it, in pixels; 0 keeps all as they are.</param>
/// <param name="Quality">JPEG's, 1 to 100, of pictures that are written anew.</param>
/// <param name="Workers">Threads that read and encode; 0 takes all cores.</param>
/// <param name="MaximumBadShare">The share of pictures that may be unreadable, 0 to 1. They are left out and counted.</param>
/// <param name="Reading">How pictures are read. Gray ones take a third of the room by themselves.</param>
public sealed record PackOptions(
    PackFormat Format = PackFormat.Raw, int Size = 0, int Quality = 95, int Workers = 0, double MaximumBadShare = 0.01,
    DecodeRequest Reading = default)
{
    /// <summary>Checks the values.</summary>
    /// <exception cref="ImagingException">MS3043: a value is out of range.</exception>
    public void Check()
    {
        Require(Size >= 0, "size", Size, "0 or more");
        Require(Quality is >= 1 and <= 100, "quality", Quality, "1 to 100");
        Require(Workers >= 0, "workers", Workers, "1 or more, or to 0 to fit the processor");
        Require(MaximumBadShare is >= 0 and <= 1, "maximumBadShare", MaximumBadShare, "a number from 0 to 1");
        Require(Reading.MaximumPixels >= 0, "maximumPixels", Reading.MaximumPixels, "1 or more");
        Require(Format == PackFormat.Raw || Reading.Bands is null, "format", Format, "raw: JPEG holds red, green and blue, no other bands");
        Require(Reading.Channels <= byte.MaxValue, "channels", Reading.Channels, "255 or fewer");
    }

    private static void Require(bool holds, string name, object value, string wanted)
    {
        if (!holds)
            throw new ImagingException(ErrorIds.CannotPack, $"{name} is {value}", at: name, fix: $"set {name} to {wanted}");
    }
}
