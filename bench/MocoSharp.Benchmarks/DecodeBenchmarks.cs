using BenchmarkDotNet.Attributes;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Benchmarks.Parts;

/// <summary>A file in memory becomes pixels.</summary>
[MemoryDiagnoser]
public class DecodeBenchmarks
{
    private readonly ImageMemory _memory = new();
    private byte[] _jpeg = [], _png = [], _webp = [];

    [Params(32, 224)]
    public int Side { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        Image image = Pictures.Of(Side);
        (_jpeg, _png, _webp) = (ImageEncoder.Jpeg(image), ImageEncoder.Png(image), ImageEncoder.WebP(image));
    }

    [Benchmark(Baseline = true)]
    public Image Jpeg() => ImageDecoder.Decode(_jpeg, default, "jpeg");

    [Benchmark]
    public Image Jpeg_into_lent_memory() => ImageDecoder.Decode(_jpeg, default, "jpeg", _memory);

    [Benchmark]
    public Image Jpeg_at_half_size() => ImageDecoder.Decode(_jpeg, new DecodeRequest(ShorterSide: Side / 2), "jpeg", _memory);

    [Benchmark]
    public Image Png() => ImageDecoder.Decode(_png, default, "png", _memory);

    [Benchmark]
    public Image WebP() => ImageDecoder.Decode(_webp, default, "webp", _memory);
}
