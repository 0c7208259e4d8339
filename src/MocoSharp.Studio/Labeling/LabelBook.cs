using System.Text;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Runs;
using MocoSharp.Studio.Pictures;

namespace MocoSharp.Studio.Labeling;

/// <summary>The labels that were given to a run's pictures in the studio. Each change is on the disk before it is answered, as the CSV file
/// that <c>--label-file</c> reads; rows of pictures that are not on the map stay in it.</summary>
internal sealed class LabelBook
{
    private const int MostUndone = 200, MostLetters = 200;

    private readonly string _path;
    private readonly Collection _collection;
    private readonly Lock _lock = new();
    private readonly LinkedList<(int Place, string? Before)[]> _changes = [];
    private readonly List<LabelRow> _others = [];
    private Dictionary<int, string> _given = [];
    private (DateTime, long) _mark;

    /// <exception cref="Imaging.ImagingException">The file is there and cannot be read.</exception>
    internal LabelBook(Collection collection)
    {
        (_collection, _path) = (collection, collection.Run.Kept.Labels);
        Read();
    }

    internal Collection Collection => _collection;

    /// <summary>The label that a picture was given; null for none.</summary>
    internal string? Given(int place)
    {
        lock (_lock) return _given.GetValueOrDefault(place);
    }

    /// <summary>All labels that were given, by place.</summary>
    internal IReadOnlyDictionary<int, string> All()
    {
        lock (_lock) return new Dictionary<int, string>(_given);
    }

    /// <summary>How many pictures have each label, and whether something can be undone.</summary>
    internal LabelsAnswer Answer()
    {
        lock (_lock)
        {
            Refresh();
            return new LabelsAnswer([.. _given.Values.CountBy(static label => label).OrderBy(static one => one.Key, StringComparer.Ordinal)
                .Select(static one => new LabelCount(one.Key, one.Value))], _given.Count, _changes.Count > 0, _path,
                [.. _collection.Points.Labels.OfType<string>().Distinct().Order(StringComparer.Ordinal).Take(100)]);
        }
    }

    /// <summary>Gives pictures a label, or takes it away.</summary>
    /// <param name="places">Checked ones.</param>
    /// <param name="label">Null or empty takes it away.</param>
    /// <exception cref="MocoException">MS5324: it is no label.</exception>
    internal LabelsAnswer Give(int[] places, string? label)
    {
        string? plain = Plain(label);
        lock (_lock)
        {
            Refresh();
            (int, string?)[] before = [.. places.Distinct().Select(place => (place, _given.GetValueOrDefault(place)))];
            Dictionary<int, string> after = new(_given);
            foreach ((int place, _) in before) Set(after, place, plain);
            Keep(after);
            _changes.AddLast(before);
            if (_changes.Count > MostUndone) _changes.RemoveFirst();
        }
        return Answer();
    }

    /// <summary>Takes the last change back.</summary>
    /// <exception cref="MocoException">MS5328: there is none.</exception>
    internal LabelsAnswer Undo()
    {
        lock (_lock)
        {
            Refresh();
            if (_changes.Last is not { } last)
                throw new MocoException(StudioErrorIds.WrongState, "there is nothing to undo", fix: "label something first");
            Dictionary<int, string> after = new(_given);
            foreach ((int place, string? before) in last.Value) Set(after, place, before);
            Keep(after);
            _changes.RemoveLast();
        }
        return Answer();
    }

    private static void Set(Dictionary<int, string> given, int place, string? label)
    {
        if (label is null) given.Remove(place);
        else given[place] = label;
    }

    private static string? Plain(string? label)
    {
        string? plain = label?.Trim();
        if (plain is null or "") return null;
        if (plain.Length > MostLetters || plain.Any(char.IsControl))
            throw new MocoException(StudioErrorIds.BadRequest, "a label is one line of text", fix: $"use {MostLetters} letters at most");
        return plain;
    }

    // in the map's order, so that the file does not depend on the order of clicks
    private void Keep(Dictionary<int, string> given)
    {
        StringBuilder text = new("file,label\n");
        foreach ((int place, string label) in given.OrderBy(static one => one.Key))
            text.Append(Csv.Field(_collection.Points.Names[place])).Append(',').Append(Csv.Field(label)).Append('\n');
        foreach (LabelRow row in _others) text.Append(Csv.Field(row.File)).Append(',').Append(Csv.Field(row.Label)).Append('\n');
        _collection.Run.Kept.Create();
        AtomicFile.Write(_path, Encoding.UTF8.GetBytes(text.ToString()));
        (_given, _mark) = (given, Mark());
    }

    // somebody else may have written the file meanwhile
    private void Refresh()
    {
        if (Mark() == _mark) return;
        _changes.Clear();
        Read();
    }

    private void Read()
    {
        _others.Clear();
        Dictionary<int, string> given = [];
        if (File.Exists(_path))
            foreach (LabelRow row in LabelRows.Read(_path))
            {
                if (_collection.Find(row.File) is >= 0 and int place && row.Label.Length > 0) given[place] = row.Label;
                else _others.Add(row);
            }
        (_given, _mark) = (given, Mark());
    }

    private (DateTime, long) Mark() => new FileInfo(_path) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;
}

/// <summary>What was labeled.</summary>
/// <param name="Classes">Each label and its pictures.</param>
/// <param name="Given">Pictures with a label.</param>
/// <param name="CanUndo">Whether a change can be taken back.</param>
/// <param name="File">Where the labels lie.</param>
/// <param name="Known">Classes that the folders tell, 100 at most.</param>
internal sealed record LabelsAnswer(
    IReadOnlyList<LabelCount> Classes, int Given, bool CanUndo, string File, IReadOnlyList<string> Known);

/// <summary>A label and its pictures.</summary>
internal sealed record LabelCount(string Name, int Count);
