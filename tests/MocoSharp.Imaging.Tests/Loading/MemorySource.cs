using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Tests.Loading;

/// <summary>Pictures made on the spot: picture i is a slope that starts at i. Some are broken, and some make the code below fail.</summary>
internal sealed class MemorySource(int count, int side = 12) : IImageSource
{
    private int _loads;

    public int Count => count;

    public IReadOnlyList<string> Classes => ["even", "odd"];

    public IReadOnlyList<int> Blocks { get; init; } = [];

    public HashSet<int> Broken { get; init; } = [];

    /// <summary>Called before each load.</summary>
    public Action<int> BeforeLoad { get; init; } = _ => { };

    /// <summary>Called when a picture is announced.</summary>
    public Action<int> Announced { get; init; } = _ => { };

    public int Loads => _loads;

    public void Announce(int index) => Announced(index);

    public string Name(int index) => $"picture-{index}.png";

    public int Label(int index) => index % 2;

    public Image Load(int index, DecodeRequest request)
    {
        Interlocked.Increment(ref _loads);
        BeforeLoad(index);
        if (Broken.Contains(index))
            throw new BadImageException("MS3001", "the file is cut short", at: Name(index));
        Image image = new(side, side, request.Color == Color.Rgb ? 3 : 1);
        for (int i = 0; i < image.Samples.Length; i++)
            image.Samples[i] = (byte)(index * 7 + i);
        return image;
    }

    public void Dispose()
    {
    }
}
