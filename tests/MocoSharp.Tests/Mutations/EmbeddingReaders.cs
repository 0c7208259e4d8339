using System.Globalization;
using System.Text;
using MocoSharp.Embeddings;
using MocoSharp.Imaging;
using MocoSharp.Tests.Embeddings;
using MocoSharp.Torch.Serialization;
using ParquetSharp;
using Encoding = System.Text.Encoding;

namespace MocoSharp.Tests.Mutations;

/// <summary>Readers of embeddings, and of the index beside them.</summary>
internal static class EmbeddingReaders
{
    private const int Rows = 12, Dimensions = 5;
    private static readonly float[] s_values = [.. NpyBytes.Counting(Rows, Dimensions).Select(static value => value + 1)];
    private static readonly string[] s_names = [.. Enumerable.Range(0, Rows).Select(static row => $"{row}.jpg")];

    /// <summary>The reader of a kind; null where it is none of embeddings.</summary>
    internal static Reader? Of(string kind) => kind switch
    {
        "npy" => Text([Npy(1), Npy(2)], static (file, folder) => ReadAll(Written(file, folder, "a.npy"))),
        "embeddings-csv" => Text([Csv(header: true), Csv(header: false)],
            static (file, folder) => ReadAll(Written(file, folder, "a.csv"))),
        "embeddings-safetensors" => Text([Matrix(sealedFile: true), Matrix(sealedFile: false)],
            static (file, folder) => ReadAll(Written(file, folder, "a.safetensors"))),
        "embeddings-parquet" => new Reader([Parquet<float>(Compression.Uncompressed), Parquet<double>(Compression.Snappy)],
            static (byte[] seed, ref Rng rng) => rng.NextInt32(2) == 0 ? Mutant.Of(seed, ref rng) : Foot(seed, ref rng),
            static (file, folder) => ReadAll(Written(file, folder, "a.parquet")), OfLength),
        "names" => Text([Names()], ReadNames),
        "index" => Index(graph: true, static seed => seed),
        "index-rows" => Index(graph: false, static seed => seed),
        "index-rows-unsealed" => Index(graph: false, Unsealed),
        _ => null,
    };

    private static Reader Text(IReadOnlyList<byte[]> seeds, Action<byte[], string> read) =>
        new(seeds, static (byte[] seed, ref Rng rng) => Mutant.OfText(seed, ref rng), read, OfLength);

    private static long OfLength(byte[] file) => (4 << 20) + 64L * file.Length;

    // what a Parquet file says of itself stands at its end
    private static byte[] Foot(byte[] seed, ref Rng rng)
    {
        int length = BitConverter.ToInt32(seed, seed.Length - 8), from = seed.Length - 8 - length;
        byte[] foot = Mutant.Of(seed[from..^8], ref rng);
        return [.. seed[..from], .. foot, .. BitConverter.GetBytes(foot.Length), .. seed[^4..]];
    }

    private static byte[] Npy(byte version) => NpyBytes.Of("<f4", NpyBytes.Shape(Rows, Dimensions), s_values, version: version);

    private static byte[] Names() => Encoding.UTF8.GetBytes("name,label,readable\n"
        + string.Concat(s_names.Index().Select(static name =>
            $"{name.Item},\"{name.Index % 2} \"\"x\"\"\",{(name.Index == 3 ? "false" : "true")}\n")));

    private static byte[] Csv(bool header)
    {
        StringBuilder text = new(header ? "name,label,e0,e1,e2,e3,e4\n" : "");
        for (int row = 0; row < Rows; row++)
            text.Append(header ? $"{s_names[row]},cat," : "")
                .AppendJoin(',', s_values[(row * Dimensions)..((row + 1) * Dimensions)]
                    .Select(static value => value.ToString(CultureInfo.InvariantCulture))).Append('\n');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static byte[] Matrix(bool sealedFile) => InFolder(folder =>
    {
        using TensorScope scope = TensorScope.Begin();
        string path = Path.Combine(folder, "a.safetensors");
        Safetensors.Write(path, [("embedding", Tensor.From(s_values, Rows, Dimensions))]);
        byte[] file = File.ReadAllBytes(path);
        return sealedFile ? file : Unsealed(file);
    });

    // as other programs write it, so that damage is not told by the checksum
    internal static byte[] Unsealed(byte[] file) => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(file)
        .Replace("\"checksum\"", "\"unsealed\"", StringComparison.Ordinal).Replace("\"sha256\":", "\"nothin\":", StringComparison.Ordinal));

    private static byte[] Parquet<T>(Compression compression) => InFolder(folder =>
    {
        string path = Path.Combine(folder, "a.parquet");
        using (ParquetFileWriter writer = new(path,
            [new Column<string>("name"), new Column<string?>("label"), new Column<T[]>("embedding")], compression))
        {
            using RowGroupWriter group = writer.AppendRowGroup();
            using (LogicalColumnWriter<string> names = group.NextColumn().LogicalWriter<string>()) names.WriteBatch(s_names);
            using (LogicalColumnWriter<string?> labels = group.NextColumn().LogicalWriter<string?>())
                labels.WriteBatch([.. s_names.Select(static (_, row) => row % 3 == 0 ? null : "cat")]);
            using (LogicalColumnWriter<T[]> vectors = group.NextColumn().LogicalWriter<T[]>())
                vectors.WriteBatch([.. Enumerable.Range(0, Rows).Select(static row => row == 5 ? null! : s_values
                    .Skip(row * Dimensions).Take(Dimensions)
                    .Select(static value => (T)Convert.ChangeType(value, typeof(T), CultureInfo.InvariantCulture)).ToArray())]);
            writer.Close();
        }
        return File.ReadAllBytes(path);
    });

    private static Reader Index(bool graph, Func<byte[], byte[]> seal)
    {
        (byte[] graphFile, byte[] rowsFile) = InFolder(static folder =>
        {
            string path = Written(Npy(1), folder, "a.npy");
            EmbeddingIndex.UpdateAsync(path).GetAwaiter().GetResult();
            return (File.ReadAllBytes(SimilarityIndex.PathOf(path)), File.ReadAllBytes(SimilarityIndex.RowsPathOf(path)));
        });
        return new Reader([seal(graph ? graphFile : rowsFile)], graph ? static (byte[] seed, ref Rng rng) => Mutant.Of(seed, ref rng)
            : static (byte[] seed, ref Rng rng) => Mutant.OfText(seed, ref rng), (file, folder) =>
        {
            string path = Written(Npy(1), folder, "a.npy");
            File.WriteAllBytes(SimilarityIndex.PathOf(path), graph ? file : graphFile);
            File.WriteAllBytes(SimilarityIndex.RowsPathOf(path), graph ? rowsFile : file);
            Search(path);
            EmbeddingIndex.UpdateAsync(path).GetAwaiter().GetResult();
            Search(path);
        }, OfLength);
    }

    private static void Search(string path)
    {
        using EmbeddingsFile embeddings = EmbeddingsFile.Open(path);
        using SimilarityIndex? index = SimilarityIndex.Open(embeddings);
        if (index is null) throw new InvalidOperationException("there is no index");
        if (index.Recall is not (>= 0 and <= 1)) throw new InvalidOperationException($"a recall of {index.Recall}");
        foreach (RowHit hit in index.Search(s_values.AsSpan(0, Dimensions), 5))
            if (hit.Row is < 0 or >= Rows || !float.IsFinite(hit.Similarity)) throw new InvalidOperationException($"hit {hit}");
    }

    private static void ReadNames(byte[] file, string folder)
    {
        Written(file, folder, "b.npy.names.csv");
        ReadAll(Written(Npy(1), folder, "b.npy"));
    }

    private static void ReadAll(string path)
    {
        using EmbeddingsFile file = EmbeddingsFile.Open(path);
        if (file.Names is { } names && names.Count != file.Count || file.Labels is { } labels && labels.Count != file.Count)
            throw new InvalidOperationException("names and labels are not as many as rows");
        float[] row = new float[file.Dimensions];
        for (int i = 0; i < file.Count; i++)
        {
            file.Read(i, row);
            if (row.Any(float.IsFinite) != file.IsPresent(i)) throw new InvalidOperationException($"row {i} is there and not there");
        }
        if (file.Nearest(row.Select(static value => float.IsFinite(value) ? value : 1).ToArray(), 3).Length != 1)
            throw new InvalidOperationException("one query, and not one answer");
    }

    private static T InFolder<T>(Func<string, T> work)
    {
        string folder = Directory.CreateTempSubdirectory("moco-seed-").FullName;
        try
        {
            return work(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Written(byte[] file, string folder, string name)
    {
        string path = Path.Combine(folder, name);
        File.WriteAllBytes(path, file);
        return path;
    }
}
