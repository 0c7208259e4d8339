using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Tests;

/// <summary>Scenes in memory, each as colors, a map of seven classes and 16-bit heights; what is low is dark and of the first
/// classes.</summary>
internal sealed class PairedTinySource(int count, int side = 40) : IImageSource
{
    private static readonly (byte, byte, byte)[] s_colors = [.. Enumerable.Range(0, 7)
        .Select(static i => ((byte)(30 * i), (byte)(30 * i), (byte)(30 * i)))];

    internal static IReadOnlyList<Modality> Modalities { get; } =
        [new PictureModality("terrain", "_t.png"),
            new PaletteModality("segmentation", "_i2.png", [.. s_colors.Select(static c => new[] { (int)c.Item1, c.Item2, c.Item3 })]),
            new DepthModality("height", "_h.png")];

    public int Count => count;

    public IReadOnlyList<string> Classes => ["flat", "steep"];

    public string Name(int index) => $"{index}_t.png";

    public int Label(int index) => index % 2;

    public Image Load(int index, DecodeRequest request)
    {
        Image map = new(side, side, 1);
        DeepImage heights = new(side, side, 1);
        Image colors = new(side, side, 3) { Partners = [Partner.OfClasses(map, s_colors), Partner.Of(heights)] };
        for (int i = 0; i < map.Samples.Length; i++)
        {
            double height = 0.5 + 0.5 * Math.Sin((index + 3) * (i % side) * (1 + Label(index)) * 0.05) * Math.Cos(index + i / side * 0.2);
            heights.Samples[i] = (ushort)(height * 65535);
            map.Samples[i] = (byte)Math.Min(6, height * 7);
            colors.Samples.AsSpan(3 * i, 3).Fill((byte)(height * 255));
        }
        return colors;
    }

    public void Dispose()
    {
    }
}
