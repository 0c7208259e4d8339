using MocoSharp.Embeddings;
using ParquetSharp;

namespace MocoSharp.Tests.Embeddings;

/// <summary>Parquet files that another library writes: Apache's own, by ParquetSharp.</summary>
public sealed class ParquetTableTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("moco-parquet-").FullName;

    [Theory, InlineData(1), InlineData(2), InlineData(10)]
    public void Lists_of_float_and_of_double_are_read_group_by_group(int rowsPerGroup)
    {
        float[]?[] rows = [[1, 2], null, [3, 4], [], [5, 6]];
        string path = Write(rowsPerGroup, rows.Length, new Column<float[]>("embedding"), rows);
        Check(path);
        Check(Write(rowsPerGroup, rows.Length, new Column<double[]>("only"),
            [.. rows.Select(static row => row is null ? null! : Array.ConvertAll(row, static value => (double)value))]));

        static void Check(string path)
        {
            using EmbeddingsFile file = EmbeddingsFile.Open(path);
            Assert.Equal((5, 2, 3), (file.Count, file.Dimensions, file.PresentCount));
            Assert.Equal(["0.jpg", "1.jpg", "2.jpg", "3.jpg", "4.jpg"], file.Names!);
            Assert.Equal([null, "cat", null, "cat", null], file.Labels!);
            float[] values = new float[10];
            file.Read(0, values);
            Assert.Equal([1, 2, float.NaN, float.NaN, 3, 4, float.NaN, float.NaN, 5, 6], values);
        }
    }

    [Fact]
    public void Of_several_columns_the_usual_one_is_taken_or_the_one_that_is_named()
    {
        string path = At("two.parquet");
        using (ParquetFileWriter writer = new(path, [new Column<float[]>("embedding_layer2"), new Column<float[]>("vector")]))
        {
            using RowGroupWriter group = writer.AppendRowGroup();
            using (LogicalColumnWriter<float[]> column = group.NextColumn().LogicalWriter<float[]>()) column.WriteBatch([[1, 2]]);
            using (LogicalColumnWriter<float[]> column = group.NextColumn().LogicalWriter<float[]>()) column.WriteBatch([[1, 2, 3]]);
            writer.Close();
        }
        foreach ((string? column, int dimensions) in new[] { ((string?)null, 3), ("vector", 3), ("embedding_layer2", 2), ("layer2", 2) })
        {
            using EmbeddingsFile file = EmbeddingsFile.Open(path, column);
            Assert.Equal(dimensions, file.Dimensions);
        }
        MocoException error = Assert.Throws<MocoException>(() => EmbeddingsFile.Open(path, "other"));
        Assert.Equal("take one of embedding_layer2, vector", error.Fix);
    }

    [Fact]
    public void Lists_of_different_lengths_and_columns_without_lists_are_told_of()
    {
        string path = Write(10, 2, new Column<float[]>("embedding"), [[1, 2], [1, 2, 3]]);
        Assert.Contains("row 1 has 3 numbers, and those before it have 2",
            Assert.Throws<MocoException>(() => EmbeddingsFile.Open(path)).Message, StringComparison.Ordinal);
        string plain = Write(10, 2, new Column<int>("size"), [1, 2]);
        MocoException error = Assert.Throws<MocoException>(() => EmbeddingsFile.Open(plain));
        Assert.Contains("no column holds lists of numbers; the columns are name, label, size", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_damage_is_an_error_of_ours_or_none()
    {
        byte[] whole = File.ReadAllBytes(Write(2, 3, new Column<float[]>("embedding"), [[1, 2], [3, 4], [5, 6]]));
        string path = At("damaged.parquet");
        int refused = 0;
        for (int i = 0; i < whole.Length; i += 7)
        {
            byte[] damaged = [.. whole];
            damaged[i] ^= 0x55;
            File.WriteAllBytes(path, damaged);
            try
            {
                EmbeddingsFile.Open(path).Dispose();
            }
            catch (MocoException error)
            {
                Assert.Equal((ErrorIds.EmbeddingsUnreadable, path), (error.Id, error.At));
                refused++;
            }
            File.WriteAllBytes(path, whole[..i]);
            Assert.Equal(ErrorIds.EmbeddingsUnreadable, Assert.Throws<MocoException>(() => EmbeddingsFile.Open(path)).Id);
        }
        Assert.True(refused > 10, $"{refused} were refused");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string At(string name) => Path.Combine(_root, name);

    private string Write<T>(int rowsPerGroup, int count, Column<T> column, T?[] values)
    {
        string path = At($"{column.Name}-{rowsPerGroup}.parquet");
        using ParquetFileWriter writer = new(path, [new Column<string>("name"), new Column<string>("label"), column]);
        for (int first = 0; first < count; first += rowsPerGroup)
        {
            int[] rows = [.. Enumerable.Range(first, Math.Min(rowsPerGroup, count - first))];
            using RowGroupWriter group = writer.AppendRowGroup();
            using (LogicalColumnWriter<string> names = group.NextColumn().LogicalWriter<string>())
                names.WriteBatch([.. rows.Select(static row => $"{row}.jpg")]);
            using (LogicalColumnWriter<string> labels = group.NextColumn().LogicalWriter<string>())
                labels.WriteBatch([.. rows.Select(static row => row % 2 == 1 ? "cat" : null!)]);
            using LogicalColumnWriter<T> numbers = group.NextColumn().LogicalWriter<T>();
            numbers.WriteBatch([.. rows.Select(row => values[row]!)]);
        }
        writer.Close();
        return path;
    }
}
