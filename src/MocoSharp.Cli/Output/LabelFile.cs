using System.Globalization;
using MocoSharp.Evaluation;
using MocoSharp.Imaging.Datasets;

namespace MocoSharp.Cli.Output;

/// <summary>Writes labels as comma-separated values: <c>file,label,status,best,confidence</c> and a column <c>p:CLASS</c> a
/// class.</summary>
/// <remarks>Its first two columns are what <c>--labels FILE.csv</c> reads. The file gets its name when it is whole.</remarks>
internal sealed class LabelFile : IDisposable
{
    private readonly string _path, _unfinished;
    private readonly IReadOnlyList<string> _classes;
    private readonly StreamWriter _writer;

    internal LabelFile(string path, IReadOnlyList<string> classes)
    {
        (_path, _unfinished, _classes) = (Path.GetFullPath(path), Path.GetFullPath(path) + ".unfinished", classes);
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        _writer = new StreamWriter(_unfinished) { NewLine = "\n" };
        _writer.WriteLine(string.Join(',',
            ["file,label,status,best,confidence", .. classes.Select(static name => Csv.Field($"p:{name}"))]));
    }

    internal void Add(LabeledPicture picture)
    {
        if (picture.Best < 0)
        {
            _writer.WriteLine($"{Csv.Field(picture.Name)},,unreadable,,{new string(',', _classes.Count)}");
            return;
        }
        ReadOnlySpan<float> probabilities = picture.Probabilities.Span;
        string best = Csv.Field(_classes[picture.Best]);
        string kept = picture.Kept ? $"{best},labeled" : ",unsure";
        _writer.Write($"{Csv.Field(picture.Name)},{kept},{best},{Text(probabilities[picture.Best])}");
        foreach (float value in probabilities) _writer.Write("," + Text(value));
        _writer.WriteLine();
    }

    /// <summary>All are written.</summary>
    internal void Finish()
    {
        _writer.Dispose();
        File.Move(_unfinished, _path, overwrite: true);
    }

    public void Dispose()
    {
        _writer.Dispose();
        File.Delete(_unfinished);
    }

    private static string Text(float value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
