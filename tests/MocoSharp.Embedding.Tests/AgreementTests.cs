using System.Buffers.Binary;
using System.Numerics.Tensors;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Embedding.Tests;

/// <summary>Vectors of ONNX Runtime and SkiaSharp beside those of libtorch and the system's codecs.</summary>
public sealed class AgreementTests : TensorTest
{
    public static TheoryData<string> Kinds =>
        ["jpeg", "jpeg-low", "jpeg-gray", "png", "png-gray", "png-alpha", "png-16", "webp", "webp-lossless"];

    [Theory, MemberData(nameof(Kinds))]
    public void Each_format_gives_the_training_sides_vector(string kind)
    {
        using ExportedEncoder exported = new();
        using OnnxEmbedder embedder = exported.Open();
        for (ulong seed = 1; seed <= 3; seed++)
        {
            byte[] file = Written(kind, Scenes.Of(seed));
            ExportedEncoder.Same(exported.Trained(file), embedder.Embed(file));
        }
    }

    [Theory, InlineData("moco-v2-imagenette"), InlineData("simclr-imagenet")]
    public void Larger_pictures_are_shrunk_and_cut_alike(string recipe)
    {
        using ExportedEncoder exported = new(recipe);
        using OnnxEmbedder embedder = exported.Open();
        Image large = Enlarged(Scenes.Of(5), 4);
        foreach (string kind in new[] { "jpeg", "png", "webp" })
        {
            byte[] file = Written(kind, large);
            ExportedEncoder.Same(exported.Trained(file), embedder.Embed(file));
        }
    }

    [Fact]
    public void Pixels_give_nearly_the_same_bits_as_files_without_loss()
    {
        using ExportedEncoder exported = new();
        using OnnxEmbedder embedder = exported.Open();
        Image image = Scenes.Of(2);
        Assert.Equal(embedder.Embed(ImageEncoder.Png(image)), embedder.Embed(image));
        float[] trained = exported.Trained(image), vector = embedder.Embed(image);
        Assert.True(TensorPrimitives.Distance<float>(trained, vector) < 1e-4f * TensorPrimitives.Norm<float>(trained));
    }

    [Fact]
    public void A_graph_that_takes_bytes_agrees_too()
    {
        using ExportedEncoder exported = new(pixels: true);
        using OnnxEmbedder embedder = exported.Open();
        byte[] file = Written("jpeg", Scenes.Of(3));
        ExportedEncoder.Same(exported.Trained(file), embedder.Embed(file), least: 0.999f);      // the views are rounded to bytes
    }

    [Fact]
    public void Gray_encoders_see_gray()
    {
        using ExportedEncoder exported = new("fashion");
        using OnnxEmbedder embedder = exported.Open();
        foreach (string kind in new[] { "jpeg", "jpeg-gray", "png", "webp" })
        {
            byte[] file = Written(kind, Scenes.Of(4));
            ExportedEncoder.Same(exported.Trained(file), embedder.Embed(file));
        }
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(8)]
    public void Pictures_stand_upright_as_on_the_training_side(int orientation)
    {
        using ExportedEncoder exported = new();
        using OnnxEmbedder embedder = exported.Open();
        Image scene = Scenes.Of(6);
        byte[] jpeg = WithExif(ImageEncoder.Jpeg(scene, 95), orientation), png = WithExifChunk(ImageEncoder.Png(scene), orientation);
        foreach (byte[] file in new[] { jpeg, png }) ExportedEncoder.Same(exported.Trained(file), embedder.Embed(file));
        float[] asStored = embedder.Embed(ImageEncoder.Png(scene));
        Assert.Equal(orientation == 1, TensorPrimitives.CosineSimilarity<float>(asStored, embedder.Embed(png)) > 0.999999f);
    }

    [Theory, InlineData(1, 1), InlineData(2, 1), InlineData(1, 9), InlineData(3, 900), InlineData(2000, 3)]
    public void Odd_shapes_agree(int width, int height)
    {
        using ExportedEncoder exported = new();
        using OnnxEmbedder embedder = exported.Open();
        Image image = new(width, height, 3);
        for (int i = 0; i < image.Samples.Length; i++) image.Samples[i] = (byte)(i * 37);
        byte[] file = ImageEncoder.Png(image);
        ExportedEncoder.Same(exported.Trained(file), embedder.Embed(file));
    }

    [Fact]
    public void Photographs_agree()
    {
        string? data = Environment.GetEnvironmentVariable("MOCOSHARP_DATA");
        string folder = Path.Combine(data ?? "", "imagenette", "val");
        Assert.SkipUnless(data is not null && Directory.Exists(folder), "needs MOCOSHARP_DATA with imagenette");
        using ExportedEncoder exported = new("moco-v2-imagenette");
        using OnnxEmbedder embedder = exported.Open();
        foreach (string path in Directory.EnumerateFiles(folder, "*.*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(static (_, at) => at % 50 == 0).Take(40))
            ExportedEncoder.Same(exported.Trained(File.ReadAllBytes(path)), embedder.Embed(path));
    }

    private static byte[] Written(string kind, Image image) => kind switch
    {
        "jpeg" => ImageEncoder.Jpeg(image, 90),
        "jpeg-low" => ImageEncoder.Jpeg(image, 30),
        "jpeg-gray" => ImageEncoder.Jpeg(Gray(image), 90),
        "png" => ImageEncoder.Png(image),
        "png-gray" => ImageEncoder.Png(Gray(image)),
        "png-alpha" => AlphaPng(image),
        "png-16" => ImageEncoder.Png(Deep(image)),
        "webp" => ImageEncoder.WebP(image, 80),
        "webp-lossless" => ImageEncoder.WebP(image),
        _ => throw new ArgumentException("There is no such kind.", nameof(kind)),
    };

    // half of the pixels are transparent, and have colors below that premultiplying would lose
    private static byte[] AlphaPng(Image image)
    {
        using SkiaSharp.SKBitmap bitmap = new(new SkiaSharp.SKImageInfo(image.Width, image.Height, SkiaSharp.SKColorType.Rgba8888,
            SkiaSharp.SKAlphaType.Unpremul));
        Span<byte> pixels = MemoryOf(bitmap);
        for (int pixel = 0; pixel < image.Width * image.Height; pixel++)
        {
            image.Samples.AsSpan(3 * pixel, 3).CopyTo(pixels[(4 * pixel)..]);
            pixels[4 * pixel + 3] = (byte)(pixel % 2 == 0 ? 0 : 200);
        }
        using SkiaSharp.SKData data = bitmap.Encode(SkiaSharp.SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static unsafe Span<byte> MemoryOf(SkiaSharp.SKBitmap bitmap) => new((void*)bitmap.GetPixels(), bitmap.ByteCount);

    private static Image Gray(Image image)
    {
        Image gray = new(image.Width, image.Height, 1);
        for (int i = 0; i < gray.Samples.Length; i++) gray.Samples[i] = image.Samples[3 * i + 1];
        return gray;
    }

    private static DeepImage Deep(Image image)
    {
        DeepImage deep = new(image.Width, image.Height, 3);
        for (int i = 0; i < deep.Samples.Length; i++) deep.Samples[i] = (ushort)(image.Samples[i] * 256 + i % 256);
        return deep;
    }

    private static Image Enlarged(Image image, int times)
    {
        Image large = new(image.Width * times, image.Height * times, 3);
        for (int y = 0; y < large.Height; y++)
            for (int i = 0; i < large.Width * 3; i++) large.Row(y)[i] = image.Row(y / times)[i / 3 / times * 3 + i % 3];
        return large;
    }

    private static byte[] Tiff(int orientation) =>
        [.. "II*\0"u8, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (byte)orientation, 0, 0, 0, 0, 0, 0, 0];

    private static byte[] WithExif(byte[] jpeg, int orientation)
    {
        byte[] segment = [.. "Exif\0\0"u8, .. Tiff(orientation)];
        return [0xFF, 0xD8, 0xFF, 0xE1, 0, (byte)(segment.Length + 2), .. segment, .. jpeg.AsSpan(2)];
    }

    private static byte[] WithExifChunk(byte[] png, int orientation)
    {
        const int behindHeader = 33;
        byte[] body = [.. "eXIf"u8, .. Tiff(orientation)], length = new byte[4], sum = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, body.Length - 4);
        uint crc = uint.MaxValue;
        foreach (byte value in body)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320 & (uint)-(int)(crc & 1));
        }
        BinaryPrimitives.WriteUInt32BigEndian(sum, ~crc);
        return [.. png.AsSpan(0, behindHeader), .. length, .. body, .. sum, .. png.AsSpan(behindHeader)];
    }
}
