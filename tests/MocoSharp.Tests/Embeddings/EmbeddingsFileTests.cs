using MocoSharp.Embeddings;

namespace MocoSharp.Tests.Embeddings;

/// <summary>Files of other programs, good and bad.</summary>
public sealed class EmbeddingsFileTests : IDisposable
{
    private const int Rows = 4, Dimensions = 3;
    private readonly string _root = Directory.CreateTempSubdirectory("moco-embeddings-").FullName;
    private readonly float[] _values = NpyBytes.Counting(Rows, Dimensions);

    [Theory, InlineData("<f4", 1), InlineData("<f8", 1), InlineData("<f2", 1), InlineData("<f4", 2), InlineData("<f4", 3)]
    public void A_matrix_of_each_type_and_version_gives_its_numbers(string type, byte version)
    {
        string path = At("a.npy");
        File.WriteAllBytes(path, type switch
        {
            "<f8" => NpyBytes.Of(type, "(4, 3)", [.. _values.Select(static value => (double)value)], version: version),
            "<f2" => NpyBytes.Of(type, "(4, 3)", [.. _values.Select(static value => (Half)value)], version: version),
            _ => NpyBytes.Of(type, "(4, 3)", _values, version: version),
        });
        using EmbeddingsFile file = EmbeddingsFile.Open(path);
        Assert.Equal((Rows, Dimensions, Rows), (file.Count, file.Dimensions, file.PresentCount));
        Assert.Null(file.Names);
        Assert.Null(file.Labels);
        Assert.Null(file.Encoder);
        Assert.Equal(_values, All(file));
        float[] two = new float[2 * Dimensions];
        file.Read(1, two);
        Assert.Equal(_values[Dimensions..(3 * Dimensions)], two);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(3, new float[2 * Dimensions]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(0, new float[2]));
    }

    [Fact]
    public void Names_and_labels_stand_beside_it()
    {
        Npy("a.npy");
        File.WriteAllText(At("a.npy.names.csv"), "label,file\ncat,\"a, b.jpg\"\n,c.jpg\ndog,d.jpg\ncat,e.jpg\n");
        using EmbeddingsFile file = EmbeddingsFile.Open(At("a.npy"));
        Assert.Equal(["a, b.jpg", "c.jpg", "d.jpg", "e.jpg"], file.Names!);
        Assert.Equal(["cat", null, "dog", "cat"], file.Labels!);
    }

    [Fact]
    public void A_row_of_NaN_and_one_that_is_marked_are_absent()
    {
        _values.AsSpan(Dimensions, Dimensions).Fill(float.NaN);
        Npy("a.npy");
        File.WriteAllText(At("a.npy.names.csv"), "name,readable\na,true\nb,true\nc,false\nd,true\n");
        using EmbeddingsFile file = EmbeddingsFile.Open(At("a.npy"));
        Assert.Equal([true, false, false, true], Enumerable.Range(0, Rows).Select(file.IsPresent));
        Assert.Equal(2, file.PresentCount);
        Assert.All(All(file)[Dimensions..(3 * Dimensions)], static value => Assert.True(float.IsNaN(value)));
    }

    [Theory]
    [InlineData("(12,)", "shape is (12,)", "with one row or more")]
    [InlineData("(2, 2, 3)", "shape is (2, 2, 3)", "reshape")]
    [InlineData("(0, 3)", "shape is (0, 3)", "with one row or more")]
    [InlineData("(1 2, 3)", "shape is (1 2, 3)", "with one row or more")]
    [InlineData("(99999999999999999999, 3)", "shape is (99999999999999999999, 3)", "with one row or more")]
    [InlineData("(1000000000000, 3)", "1,000,000,000,000 rows of 3", "another copy")]
    [InlineData("(9223372036854775807, 9223372036854775807)", "rows of 9,223,372,036,854,775,807", "another copy")]
    [InlineData("(5, 3)", "5 rows of 3", "another copy")]
    [InlineData("(3, 3)", "3 rows of 3", "another copy")]
    public void A_wrong_shape_is_told_of(string shape, string what, string fix)
    {
        File.WriteAllBytes(At("a.npy"), NpyBytes.Of("<f4", shape, _values));
        Refused("a.npy", what, fix);
    }

    [Theory]
    [InlineData(">f4", "big-endian", "astype('<f4')"), InlineData("<i8", "type '<i8'", "astype('<f4')"),
        InlineData("|O", "it holds Python objects", "numpy.stack(rows)")]
    public void A_wrong_type_is_told_of(string type, string what, string fix)
    {
        File.WriteAllBytes(At("a.npy"), NpyBytes.Of(type, "(4, 3)", _values));
        Refused("a.npy", what, fix);
    }

    [Fact]
    public void A_matrix_stored_by_columns_is_told_of()
    {
        File.WriteAllBytes(At("a.npy"), NpyBytes.Of("<f4", "(4, 3)", _values, order: "True"));
        Refused("a.npy", "column by column", "ascontiguousarray");
    }

    [Fact]
    public void Every_cut_of_a_file_is_refused()
    {
        byte[] whole = NpyBytes.Of("<f4", "(4, 3)", _values);
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(At("a.npy"), whole[..length]);
            Assert.Equal(ErrorIds.EmbeddingsUnreadable, Assert.Throws<MocoException>(() => EmbeddingsFile.Open(At("a.npy"))).Id);
        }
    }

    [Theory, InlineData(float.NaN, "NaN"), InlineData(float.PositiveInfinity, "infinite")]
    public void Single_numbers_that_are_none_are_named(float value, string text)
    {
        _values[2 * Dimensions + 1] = value;
        Npy("a.npy");
        Refused("a.npy", $"number 1 of row 2 is {text}", "leave the row out");
    }

    [Fact]
    public void Rows_without_any_embedding_are_refused()
    {
        _values.AsSpan().Fill(float.NaN);
        Npy("a.npy");
        Refused("a.npy", "none of its 4 rows", "another copy");
    }

    [Fact]
    public void Names_of_another_number_of_rows_are_refused()
    {
        Npy("a.npy");
        File.WriteAllText(At("a.npy.names.csv"), "name\na\nb\n");
        MocoException error = Assert.Throws<MocoException>(() => EmbeddingsFile.Open(At("a.npy")));
        Assert.Equal((ErrorIds.EmbeddingsUnreadable, At("a.npy.names.csv")), (error.Id, error.At));
        Assert.Contains("names 2 rows, and a.npy has 4", error.Message, StringComparison.Ordinal);
        File.WriteAllText(At("a.npy.names.csv"), "picture\na\n");
        Assert.Contains("without a column 'name'", Assert.Throws<MocoException>(() => EmbeddingsFile.Open(At("a.npy"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_csv_file_may_have_a_header_or_none()
    {
        File.WriteAllText(At("a.csv"), "0.5,1,-2e-3\n4,5,6\n");
        using (EmbeddingsFile file = EmbeddingsFile.Open(At("a.csv"))) Assert.Equal([0.5f, 1, -2e-3f, 4, 5, 6], All(file));
        File.WriteAllText(At("a.csv"), "x,label,path,y\n1,cat,a.jpg,2\n,,b.jpg,\n3,,c.jpg,4\n");
        using EmbeddingsFile named = EmbeddingsFile.Open(At("a.csv"));
        Assert.Equal(["a.jpg", "b.jpg", "c.jpg"], named.Names!);
        Assert.Equal(["cat", null, null], named.Labels!);
        Assert.Equal([true, false, true], Enumerable.Range(0, 3).Select(named.IsPresent));
        Assert.Equal([1, 2, float.NaN, float.NaN, 3, 4], All(named));
    }

    [Theory]
    [InlineData("name,x\na,1\nb,two\n", "line 3, column 'x' is 'two'", "remove the column")]
    [InlineData("name,x,y\na,1,2\nb,3\n", "line 3 has 2 fields", "another copy")]
    [InlineData("name,x\na,\"1\n", "a quote is not closed", "another copy")]
    [InlineData("name,x\n", "holds no embedding", "a row a picture")]
    [InlineData("", "holds no embedding", "a row a picture")]
    public void Bad_csv_files_are_told_of(string text, string what, string fix)
    {
        File.WriteAllText(At("a.csv"), text);
        Refused("a.csv", what, fix);
    }

    [Theory, InlineData("a.txt", "end in '.txt'"), InlineData("a", "no extension")]
    public void Other_extensions_are_told_of(string name, string what)
    {
        File.WriteAllText(At(name), "1,2\n");
        MocoException error = Assert.Throws<MocoException>(() => EmbeddingsFile.Open(At(name)));
        Assert.Equal((ErrorIds.UnknownEmbeddings, "end the name in .npy, .parquet, .csv or .safetensors"), (error.Id, error.Fix));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_and_a_pipe_are_told_of_and_not_waited_for()
    {
        Directory.CreateDirectory(At("a.npy"));
        Refused("a.npy", "it is a folder", "name the file");
        foreach (string name in new[] { "b.csv", "b.npy", "c.npy.names.csv" })
        {
            using System.Diagnostics.Process made = System.Diagnostics.Process.Start("mkfifo", [At(name)]);
            made.WaitForExit();
        }
        Refused("b.csv", "or a pipe", "into a file");
        Refused("b.npy", "or a pipe", "into a file");
        Npy("c.npy");
        Assert.Contains("it names 0 rows", Assert.Throws<MocoException>(() => EmbeddingsFile.Open(At("c.npy"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Equal(At("none.npy"), Assert.Throws<FileNotFoundException>(() => EmbeddingsFile.Open(At("none.npy"))).FileName);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string At(string name) => Path.Combine(_root, name);

    private void Npy(string name) => File.WriteAllBytes(At(name), NpyBytes.Of("<f4", NpyBytes.Shape(Rows, Dimensions), _values));

    private static float[] All(EmbeddingsFile file)
    {
        float[] values = new float[file.Count * file.Dimensions];
        file.Read(0, values);
        return values;
    }

    private void Refused(string name, string what, string fix)
    {
        MocoException error = Assert.Throws<MocoException>(() => EmbeddingsFile.Open(At(name)));
        Assert.Equal((ErrorIds.EmbeddingsUnreadable, At(name)), (error.Id, error.At));
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
    }
}
