using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Tests;

/// <summary>Pictures in memory: two classes, dark and light, with noise; some of them unreadable, and some without label.</summary>
internal sealed class TinySource(int count, int side = 12, int bad = 0, int seed = 1, int labeled = int.MaxValue) : IImageSource
{
    public int Count => count;

    public IReadOnlyList<string> Classes => ["dark", "light"];

    public string Name(int index) => $"picture{index}.png";

    public int Label(int index) => index < labeled ? index % 2 : -1;

    public Image Load(int index, DecodeRequest request)
    {
        if (index < bad) throw new BadImageException("MS3001", "the file is cut short", Name(index), "restore it");
        Image image = new(side, side, request.Color == Color.Gray ? 1 : 3);
        Rng rng = Rng.For((ulong)seed, 0, index);
        for (int i = 0; i < image.Samples.Length; i++) image.Samples[i] = (byte)(rng.NextInt32(128) + 127 * (index % 2));
        return image;
    }

    public void Dispose()
    {
    }
}
