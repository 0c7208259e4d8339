using MocoSharp.Embeddings;
using MocoSharp.Evaluation.Segmentation;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Runs;

namespace MocoSharp;

/// <summary>Where pictures and their clusters are drawn: a folder with a file a picture, or one sheet.</summary>
internal sealed class SegmentationFiles
{
    private const string Overlays = "overlays", Masks = "masks";
    private const int OverlayTile = 512, SheetTile = 192, MostOnSheet = 100;
    private readonly string _output;
    private readonly SegmentOptions _options;
    private readonly PixelClass[] _clusters;
    private readonly List<IReadOnlyList<(string, Image)>> _rows = [];

    /// <summary>Names the files.</summary>
    /// <param name="output">A folder, or a file whose name ends in .png.</param>
    /// <param name="names">Each picture's file, below a folder.</param>
    /// <param name="options">How many clusters, and whether masks are written.</param>
    /// <exception cref="OptionException">Masks are asked for, and no folder to write them to.</exception>
    internal SegmentationFiles(string output, IReadOnlyList<string> names, SegmentOptions options)
    {
        (_output, Names, _options) = (Path.GetFullPath(output), names, options);
        _clusters = [.. Enumerable.Range(0, options.Clusters)
            .Select(static number => new PixelClass($"{number}", DistinctColors.Of(number)))];
        if (IsSheet && options.WriteMasks)
            throw new OptionException("masks", "asked for", "and the output is one file", fix: "name a folder as the output");
    }

    /// <summary>Each picture's file, below a folder.</summary>
    internal IReadOnlyList<string> Names { get; }

    private bool IsSheet => Path.GetExtension(_output).Equals(".png", StringComparison.OrdinalIgnoreCase);

    /// <summary>The names of pictures as files: below a folder that was named, or alone; all end in .png.</summary>
    /// <exception cref="MocoException">MS5145: two pictures would have one name.</exception>
    internal static IReadOnlyList<string> NamesOf(QueryPictures pictures, IReadOnlyList<string> paths)
    {
        string[] folders = [.. paths.Where(Directory.Exists)];
        string[] names = [.. Enumerable.Range(0, pictures.Count).Select(pictures.Name).Select(name =>
            Path.ChangeExtension(folders.FirstOrDefault(folder => IsWithin(name, folder)) is { } within
                ? Path.GetRelativePath(within, name) : Path.GetFileName(name), ".png"))];
        if (names.GroupBy(static name => name).FirstOrDefault(static same => same.Count() > 1) is { } twice)
            throw new MocoException(ErrorIds.SegmentFiles, $"{twice.Count()} pictures would be written as {twice.Key}",
                fix: "part them in several calls, or name the folder above them: the names below it are kept");
        return names;
    }

    /// <summary>Refuses to replace files, unless that is allowed.</summary>
    /// <exception cref="MocoException">MS5145: some are there.</exception>
    internal void RequireFree()
    {
        if (_options.Force) return;
        string[] there = [.. (IsSheet ? [_output] : Enumerable.Range(0, Names.Count).SelectMany(i => new[] { OverlayOf(i), MaskOf(i) }))
            .OfType<string>().Where(File.Exists)];
        if (there.Length > 0)
            throw new MocoException(ErrorIds.SegmentFiles, there.Length == 1 ? "there is a file of this name already"
                : $"{there.Length:N0} of the files to write are there already", at: there[0],
                fix: "name another folder, or allow to replace them: --force");
    }

    /// <summary>Draws one picture beside its clusters.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="name">What it was called.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="batch">As it was seen.</param>
    /// <param name="named">The cluster of each place.</param>
    internal SegmentedPicture Write(int index, string name, Image picture, DenseBatch batch, byte[] named)
    {
        bool isShown = !IsSheet || _rows.Count < MostOnSheet;
        if (isShown) _rows.Add([("picture", SegmentationSheet.Seen(picture, batch.Width, batch.Height)),
            ("clusters", SegmentationSheet.Painted(named, batch.Width, batch.Height, _clusters))]);
        if (IsSheet) return new SegmentedPicture(name, isShown ? _output : null, null);
        string overlay = OverlayOf(index);
        Save(overlay, ImageEncoder.Png(SegmentationSheet.Render(_rows, _clusters, OverlayTile)));
        _rows.Clear();
        if (MaskOf(index) is not { } mask) return new SegmentedPicture(name, overlay, null);
        PixelLabels whole = new PixelLabels(batch.Width, batch.Height, named).Resized(picture.Width, picture.Height);
        Image entries = new(whole.Width, whole.Height, 1);
        whole.Classes.CopyTo(entries.Samples, 0);
        Save(mask, ImageEncoder.PalettePng(entries, [.. _clusters.Select(static one => one.Color)]));
        return new SegmentedPicture(name, overlay, mask);
    }

    /// <summary>Writes the sheet, where one is made.</summary>
    internal void Finish()
    {
        if (_rows.Count > 0) Save(_output, ImageEncoder.Png(SegmentationSheet.Render(_rows, _clusters, SheetTile)));
    }

    private string OverlayOf(int index) => Path.Join(_output, Overlays, Names[index]);

    private string? MaskOf(int index) => _options.WriteMasks ? Path.Join(_output, Masks, Names[index]) : null;

    private static bool IsWithin(string name, string folder) =>
        name.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static void Save(string path, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, content);
    }
}
