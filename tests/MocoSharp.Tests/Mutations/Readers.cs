using System.IO.Compression;
using System.Text;
using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Tests.Mutations;

/// <summary>What reads files of one kind.</summary>
/// <param name="Seeds">Whole files.</param>
/// <param name="Mutate">Damages one.</param>
/// <param name="Read">Reads a damaged one, all of it; throws the project's own exceptions only.</param>
/// <param name="Limit">The most bytes that reading may allocate, for a file of some length.</param>
internal sealed record Reader(IReadOnlyList<byte[]> Seeds, Mutation Mutate, Action<byte[], string> Read, Func<byte[], long> Limit);

/// <summary>Damages a file by the numbers that a generator gives.</summary>
internal delegate byte[] Mutation(byte[] seed, ref Rng rng);

/// <summary>All readers of files that come from elsewhere.</summary>
internal static class Readers
{
    private const long MaximumPixels = 1 << 20;

    // A picture may cost what the size in its head asks for: samples, once more for turning it, and a decoder's coefficients; where no size
    // can be read, what the caller's limit allows. All else is bounded by the file's own length.
    private const int PixelBytes = 16;
    private const int BandBytes = 64;       // four numbers a pixel: of eight bytes as they lie in a long row, of four as they are kept
    private static readonly BandSelection s_fiveBands = new(["1", "2", "3", "4", "5"]);
    private const int Side = 12, Pictures = 5;
    private const long DeflateRatio = 2 * 1032;     // the most that a byte of a gzip file can become, in two copies

    internal static Reader Of(string kind) => kind switch
    {
        "jpeg" => Picture("*.jpg", static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng)),
        "png" => Picture("*.png", static (byte[] seed, ref Rng rng) => rng.NextInt32(2) == 0 ? Mutant.Of(seed, ref rng)
            : PngChecksums.Renew(Mutant.Of(seed, ref rng))),
        "webp" => Picture("*.webp", static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng)),
        "tiff" => Picture("*.tif", static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng), BandBytes),
        "bmp" => Picture("*.bmp", static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng)),
        "gif" => Picture("*.gif", static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng)),
        "heic" => Picture("*.heic", static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng)),
        "avif" => Picture("*.avif", static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng)),
        "jxl" => Picture("*.jxl", static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng)),
        "jp2" => Picture("*.j*2*", static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng)),
        "idx" => new Reader([Idx(3, Side), Idx(3, 1)], static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng), ReadIdx, OfLength),
        "idx-labels" => new Reader([IdxLabels()], static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng), ReadIdxLabels, OfLength),
        "idx-gzip" => new Reader([Idx(3, Side), Idx(3, 1)], MutateGzip, ReadIdxGzip,
            static file => OfLength(file) + DeflateRatio * file.Length),
        "cifar100" => new Reader([new byte[3074], [.. new byte[3074], 19, 99, .. new byte[3072]]],
            static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng), ReadCifar100, OfLength),
        "cifar" => new Reader([new byte[3073], [.. new byte[3073], 9, .. new byte[3072]]],
            static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng), ReadCifar, OfLength),
        "safetensors" => new Reader([Tensors(1), Tensors(4)], static (byte[] seed, ref Rng rng) => Mutant.OfText(seed, ref rng),
            ReadTensors, OfLength),
        "head" => new Reader([Head(calibrated: false), Head(calibrated: true)],
            static (byte[] seed, ref Rng rng) => Mutant.OfText(seed, ref rng), ReadHead, OfLength),
        "recipe" => new Reader([.. RecipeFile.Names.Select(static name => Encoding.UTF8.GetBytes(RecipeFile.TextOf(name)))],
            static (byte[] seed, ref Rng rng) => Mutant.OfText(seed, ref rng), ReadRecipe, OfLength),
        "labels" => new Reader(["file,label\n0.png,a\n1.png,\"b \"\"c\"\"\"\n2.png,\n"u8.ToArray(),
            "label,file,x\r\na,./0.png,1\r\na,1.png,2\r\n"u8.ToArray()],
            static (byte[] seed, ref Rng rng) => Mutant.OfText(seed, ref rng), ReadLabels, OfLength),
        _ => EmbeddingReaders.Of(kind) ?? WeightReaders.Of(kind) ?? throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown"),
    };

    private static Reader Picture(string pattern, Mutation mutate, int pixelBytes = PixelBytes) => new(
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Mutations", "Seeds"), pattern).Order()
        .Select(File.ReadAllBytes)], mutate,
        (file, _) =>
        {
            bool wantsBands = pixelBytes == BandBytes && file.Length % 4 == 0;
            Image image = ImageDecoder.Decode(file, new DecodeRequest(MaximumPixels: MaximumPixels, Range: SampleRange.OfPicture,
                Bands: wantsBands ? s_fiveBands : null), "mutant");
            if ((long)image.Width * image.Height > MaximumPixels)
                throw new InvalidOperationException($"{image.Width} x {image.Height} pixels came out");
        }, file => (1 << 20) + pixelBytes * Math.Min(PictureSize.Of(file) ?? MaximumPixels, MaximumPixels) + 64L * file.Length);

    private static long OfLength(byte[] file) => (4 << 20) + 64L * file.Length;

    private static byte[] Idx(int rank, int side)
    {
        int[] head = [0x800 + rank, Pictures, side, side];
        byte[] file = new byte[16 + Pictures * side * side];
        for (int i = 0; i < head.Length; i++) System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(file.AsSpan(4 * i), head[i]);
        return file;
    }

    private static byte[] IdxLabels() => [0, 0, 8, 1, 0, 0, 0, Pictures, .. new byte[Pictures]];

    // either what is packed is damaged, or the packing
    private static byte[] MutateGzip(byte[] seed, ref Rng rng) => rng.NextInt32(2) == 0 ? Gzip(Mutant.Of(seed, ref rng))
        : Mutant.Of(Gzip(seed), ref rng);

    private static byte[] Gzip(byte[] file)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Fastest)) gzip.Write(file);
        return packed.ToArray();
    }

    internal static byte[] Tensors(int count)
    {
        string path = Path.GetTempFileName();
        using TensorScope scope = TensorScope.Begin();
        Safetensors.Write(path, Enumerable.Range(0, count).Select(i => ($"layer{i}.weight", Tensor.Ones([i + 1, 3]))),
            new Dictionary<string, string> { ["format"] = "pt", ["encoder"] = "resnet18" });
        byte[] file = File.ReadAllBytes(path);
        File.Delete(path);
        return file;
    }

    private static byte[] Head(bool calibrated)
    {
        string folder = Directory.CreateTempSubdirectory("moco-head-").FullName;
        using TensorScope scope = TensorScope.Begin();
        LinearHead linear = new([1, 2, 3, 4, 5, 6], [0, 1], ["cat", "dog"]);
        HeldOut? heldOut = calibrated ? new HeldOut([0.9f, 0.6f], [true, false]) : null;
        byte[] file = File.ReadAllBytes(new SavedHead(linear, FeatureSpace.Backbone, heldOut, calibrated ? 0.95 : null, "ab12", calibrated
            ? [("conv1.weight", Tensor.Ones([2, 2]))] : null).Save(new RunFolder(folder), "x"));
        Directory.Delete(folder, recursive: true);
        return file;
    }

    private static void ReadHead(byte[] file, string folder)
    {
        using TensorScope scope = TensorScope.Begin();
        SavedHead head = SavedHead.Read(new RunFolder(folder), Written(file, folder, "head.safetensors"));
        float[] probabilities = new float[head.Head.Classes.Count];
        head.Head.Apply(new float[head.Head.Dimensions], probabilities);
        _ = head.HeldOut?.Curve();
    }

    private static void ReadIdx(byte[] file, string folder) => ReadAll(Written(file, folder, "train-images-idx3-ubyte"));

    private static void ReadIdxGzip(byte[] file, string folder) => ReadAll(Written(file, folder, "train-images-idx3-ubyte.gz"));

    private static void ReadIdxLabels(byte[] file, string folder)
    {
        Written(file, folder, "train-labels-idx1-ubyte");
        ReadAll(Written(Idx(3, Side), folder, "train-images-idx3-ubyte"));
    }

    private static void ReadCifar100(byte[] file, string folder) => ReadAll(Written(file, folder, "train.bin"));

    private static void ReadCifar(byte[] file, string folder) => ReadAll(Written(file, folder, "data_batch_1.bin"));

    private static void ReadAll(string path)
    {
        using IImageSource source = ImageSources.Open(path);
        for (int i = 0; i < Math.Min(source.Count, 64); i++)
        {
            _ = source.Name(i);
            if (source.Label(i) >= source.Classes.Count)
                throw new InvalidOperationException($"label {source.Label(i)} of {source.Classes.Count} classes");
            _ = source.Load(i, new DecodeRequest(MaximumPixels: MaximumPixels));
        }
    }

    private static void ReadTensors(byte[] file, string folder)
    {
        using TensorScope scope = TensorScope.Begin();
        using SafetensorsFile tensors = Safetensors.Open(Written(file, folder, "x.safetensors"));
        foreach (Tensor value in tensors.ReadAll().Values)
            if (value.ElementCount > 0) _ = value.To(DType.Float64).Sum().ToDouble();      // touches every byte
    }

    private static void ReadRecipe(byte[] file, string folder) => _ = RecipeFile.Load(Written(file, folder, "mutant.yaml"));

    private static void ReadLabels(byte[] file, string folder)
    {
        string pictures = Path.Combine(folder, "pictures");
        if (!Directory.Exists(pictures))
        {
            Directory.CreateDirectory(pictures);
            for (int i = 0; i < 3; i++) File.WriteAllBytes(Path.Combine(pictures, $"{i}.png"), []);
        }
        using IImageSource source = ImageSources.Open(pictures,
            new SourceOptions { Labels = LabelsFrom.Csv(Written(file, folder, "labels.csv")) });
        for (int i = 0; i < source.Count; i++)
            if (source.Label(i) >= source.Classes.Count)
                throw new InvalidOperationException($"label {source.Label(i)} of {source.Classes.Count} classes");
    }

    private static string Written(byte[] file, string folder, string name)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, file);
        return path;
    }
}
