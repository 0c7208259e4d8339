using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Imaging.Tests.Codecs;

/// <summary>Files broken at random end in a picture or in <see cref="BadImageException"/>: nothing else may be thrown, and nothing may
/// crash.</summary>
public sealed class MutationTests
{
    private const int Rounds = 3000;

    [Theory]
    [InlineData("baseline-420.jpg"), InlineData("progressive.jpg"), InlineData("cmyk-adobe.jpg"), InlineData("orientation-6.jpg")]
    [InlineData("rgb8.png"), InlineData("interlaced.png"), InlineData("palette-trns.png"), InlineData("gray16.png")]
    [InlineData("lossy.webp"), InlineData("lossless.webp"), InlineData("alpha.webp"), InlineData("animated.webp")]
    [InlineData("tiff-lzw.tif"), InlineData("tiff-bilevel.tif"), InlineData("tiff-pages.tif"), InlineData("bmp-palette.bmp"),
        InlineData("gif-animated.gif")]
    [InlineData("heic.heic"), InlineData("avif.avif"), InlineData("jxl-lossless.jxl"), InlineData("jp2-lossless.jp2"),
        InlineData("jp2-stream.j2k")]
    public void A_mutated_file_is_a_picture_or_a_bad_picture(string name)
    {
        byte[] original = CodecFiles.Bytes(name);
        int pictures = 0, refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            Rng rng = Rng.For(seed: 1, sample: round);
            byte[] file = Mutate(original, ref rng);
            DecodeRequest request = new((Color)rng.NextInt32(2), rng.NextInt32(40), MaximumPixels: 1 << 20);
            try
            {
                Image image = ImageDecoder.Decode(file, request, name);
                Assert.InRange((long)image.Width * image.Height, 1, 1 << 20);
                if (round % 8 == 0)
                    ImageDecoder.DecodeDeep(file, request, name);
                pictures++;
            }
            catch (BadImageException)
            {
                refused++;
            }
        }
        Assert.Equal(Rounds, pictures + refused);
        Assert.NotEqual(0, refused);
    }

    private static byte[] Mutate(byte[] original, ref Rng rng)
    {
        byte[] file = [.. original];
        int changes = 1 + rng.NextInt32(6);
        for (int change = 0; change < changes; change++)
        {
            // Headers decide more than pixels do, so half of the changes go there.
            int at = rng.NextInt32(rng.NextInt32(2) == 0 ? Math.Min(200, file.Length) : file.Length);
            file[at] = rng.NextInt32(3) switch
            {
                0 => (byte)(file[at] ^ (1 << rng.NextInt32(8))),
                1 => (byte)rng.NextInt32(256),
                _ => rng.NextInt32(2) == 0 ? byte.MinValue : byte.MaxValue,
            };
        }
        if (original[0] == 0x89 && rng.NextInt32(4) > 0)
            PngChunks.RepairChecksums(file);
        return rng.NextInt32(4) switch
        {
            0 => file[..(1 + rng.NextInt32(file.Length))],
            1 => [.. file, .. file[..rng.NextInt32(file.Length)]],
            _ => file,
        };
    }
}
