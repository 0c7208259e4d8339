using FsCheck;
using FsCheck.Fluent;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Imaging.Tests.Datasets;

public sealed class CsvLabelsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Rows_label_files_and_files_without_a_row_have_no_label()
    {
        _folder.Pictures("a.png", "b, c.png", "d/e.png", "f.png", "g.png");
        using IImageSource source = Open(
            "label,extra,file\r\ndog,,a.png\r\n\"big \"\"cat\"\"\",x,\"b, c.png\"\r\n\r\ndog,,./d/e.png\r\n,,g.png\r\n");
        Assert.Equal(["big \"cat\"", "dog"], source.Classes);
        Assert.Equal([1, 0, 1, -1, -1], Enumerable.Range(0, 5).Select(source.Label));
    }

    [Fact]
    public void A_row_for_a_file_that_is_not_there_is_named_with_its_line()
    {
        _folder.Pictures("a.png");
        ImagingException error = Assert.Throws<ImagingException>(() => Open("file,label\na.png,x\nb.png,y\nc.png,x\n"));
        Assert.Equal(ErrorIds.UnknownLabeledFile, error.Id);
        Assert.Equal("2 labeled pictures are not there, first b.png (line 3)", error.Message);
    }

    [Theory]
    [InlineData("", "no row below a header")]
    [InlineData("file,label\n", "no row below a header")]
    [InlineData("name,label\na.png,x\n", "'name,label', without a column 'file' or 'label'")]
    [InlineData("file,label\na.png\n", "line 2: 1 fields, fewer than the header has")]
    [InlineData("file,label\na.png,x\n\na.png,y\n", "line 4: a.png has a row already")]
    [InlineData("file,label\n\"a.png,x\n", "line 2: a quote is not closed")]
    [InlineData("file,label\n\"a\".png,x\n", "line 2: text follows a closing quote")]
    public void A_file_that_cannot_be_understood_is_refused(string csv, string says)
    {
        _folder.Pictures("a.png");
        ImagingException error = Assert.Throws<ImagingException>(() => Open(csv));
        Assert.Equal(ErrorIds.BadLabelFile, error.Id);
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_named()
    {
        _folder.Pictures("a.png");
        ImagingException error = Assert.Throws<ImagingException>(
            () => ImageSources.Open(_folder.Root, new() { Labels = LabelsFrom.Csv(_folder["none.csv"]) }));
        Assert.Equal((ErrorIds.BadLabelFile, _folder["none.csv"]), (error.Id, error.At));
    }

    [Fact]
    public void Any_fields_come_back_as_they_were_quoted()
    {
        Gen<string> field = Gen.Elements('a', ',', '"', '\n', ' ', 'é').ArrayOf().Select(characters => new string(characters));
        Prop.ForAll(field.ArrayOf(2).NonEmptyListOf().ToArbitrary(), rows =>
        {
            static string Quoted(string value) => $"\"{value.Replace("\"", "\"\"")}\"";
            string text = string.Concat(rows.Select(row => string.Join(',', row.Select(Quoted)) + "\n"));
            return Csv.Rows(new StringReader(text)).Zip(rows).All(pair => pair.First.Fields.SequenceEqual(pair.Second))
                && Csv.Rows(new StringReader(text)).Count() == rows.Count;
        }).QuickCheckThrowOnFailure();
    }

    public void Dispose() => _folder.Dispose();

    private IImageSource Open(string csv) => ImageSources.Open(_folder.Root,
        new() { Labels = LabelsFrom.Parse(_folder.Write("labels.csv", csv)) });
}
