using System.IO.Compression;
using MocoSharp.Encoders;
using MocoSharp.Exchange;
using MocoSharp.Exchange.Inspection;
using MocoSharp.Imaging;
using MocoSharp.Recipes;
using MocoSharp.Runs;
using MocoSharp.Tests.Embeddings;

namespace MocoSharp.Tests.Mutations;

/// <summary>Readers of weights that other programs wrote, by way of what <c>moco inspect</c> calls.</summary>
internal static class WeightReaders
{
    private const long DeflateRatio = 1032;

    /// <summary>The reader of a kind; null where it is none of weights.</summary>
    internal static Reader? Of(string kind) => kind switch
    {
        "pytorch" => Inspected("a.pth", Seeds("*-zip.pth"), static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng)),
        "pytorch-pickle" => Inspected("a.pth", Seeds("tensors-zip.pth"), MutatePickle),
        "pytorch-legacy" => Inspected("a.pth", Seeds("*-legacy.pth"), static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng)),
        "weights-npy" => Inspected("a.npy", [NpyBytes.Of("<f4", NpyBytes.Shape(4, 3), NpyBytes.Counting(4, 3))],
            static (byte[] seed, ref Rng rng) => Mutant.OfText(seed, ref rng)),
        "weights-npz" => Inspected("a.npz", [Exported(ExportFormat.Npz, "a.npz")], static (byte[] seed, ref Rng rng) =>
            Mutant.Of(seed, ref rng), DeflateRatio),
        "weights-safetensors" => Inspected("a.safetensors", [EmbeddingReaders.Unsealed(Readers.Tensors(4))],
            static (byte[] seed, ref Rng rng) => Mutant.OfText(seed, ref rng)),
        "onnx" => Inspected("a.onnx", [Exported(ExportFormat.Onnx, "a.onnx")], static (byte[] seed, ref Rng rng) =>
            Mutant.Of(seed, ref rng)),
        _ => null,
    };

    private static Reader Inspected(string name, IReadOnlyList<byte[]> seeds, Mutation mutate, long ratio = 0) =>
        new([.. seeds], mutate, (file, folder) =>
        {
            string path = Path.Combine(folder, name);
            File.WriteAllBytes(path, file);
            InspectedFile found = InspectedFile.Of(path);
            if (found.Tensors.Any(static tensor => tensor.Count < 0)) throw new InvalidOperationException("a tensor of less than nothing");
        }, file => (4 << 20) + (64 + ratio) * file.Length);

    private static byte[][] Seeds(string pattern) =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Mutations", "Seeds"), pattern).Order()
        .Select(File.ReadAllBytes)];

    // the archive around the pickle is whole, so that damage reaches the pickle
    private static byte[] MutatePickle(byte[] seed, ref Rng rng)
    {
        using MemoryStream made = new();
        using (ZipArchive from = new(new MemoryStream(seed)), to = new(made, ZipArchiveMode.Create, leaveOpen: true))
            foreach (ZipArchiveEntry entry in from.Entries)
            {
                using MemoryStream content = new();
                using (Stream stream = entry.Open()) stream.CopyTo(content);
                byte[] bytes = content.ToArray();
                if (entry.Name == "data.pkl") bytes = Mutant.Of(bytes, ref rng);
                using Stream copy = to.CreateEntry(entry.FullName, CompressionLevel.NoCompression).Open();
                copy.Write(bytes);
            }
        return made.ToArray();
    }

    private static byte[] Exported(ExportFormat format, string name)
    {
        string folder = Directory.CreateTempSubdirectory("moco-seed-").FullName;
        try
        {
            using TensorScope scope = TensorScope.Begin();
            using Encoder encoder = EncoderRegistry.Create(new EncoderOptions("resnet18-small", Width: 1 / 64.0));
            string path = Path.Combine(folder, "encoder.safetensors");
            EncoderFile.Write(path, encoder, run: null, RecipeFile.Load("moco-cifar10").Recipe);
            EncoderExport.Write(path, Path.Combine(folder, name), new ExportOptions(format));
            return File.ReadAllBytes(Path.Combine(folder, name));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
