using System.Collections.Concurrent;
using System.Globalization;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Evaluation.Segmentation;

/// <summary>Which class each value of a set of masks stands for.</summary>
internal sealed class MaskTable
{
    private const int UsualIgnored = 255;
    private readonly Dictionary<int, byte> _classes;
    private readonly MaskKind _kind;
    private readonly int? _ignored;

    private MaskTable(MaskKind kind, int? ignored, Dictionary<int, byte> classes, IReadOnlyList<PixelClass> named) =>
        (_kind, _ignored, _classes, Classes) = (kind, ignored, classes, named);

    /// <summary>The classes, by rising value.</summary>
    internal IReadOnlyList<PixelClass> Classes { get; }

    /// <summary>Reads all masks once: every value that occurs is a class.</summary>
    /// <param name="files">The masks.</param>
    /// <param name="folder">For errors.</param>
    /// <param name="ignore">The value of pixels that do not count, as people write it; null for 255 where values are numbers.</param>
    /// <param name="cancel">Stops between masks.</param>
    /// <exception cref="MocoException">MS5140: no mask can be read. MS5141: they are of several kinds. MS5142: fewer than 2 classes, or
    /// more than 255.</exception>
    internal static MaskTable Of(IReadOnlyList<string> files, string folder, string? ignore, CancellationToken cancel)
    {
        ConcurrentDictionary<int, Rgb> values = [];
        ConcurrentDictionary<MaskKind, string> kinds = [];
        ConcurrentBag<BadImageException> bad = [];
        _ = Parallel.ForEach(files, new ParallelOptions { CancellationToken = cancel }, (file, state) =>
        {
            try
            {
                ClassMask mask = ClassMask.Load(file);
                kinds.TryAdd(mask.Kind, file);
                foreach (int value in mask.Values.Distinct()) values.TryAdd(value, mask.ColorOf(value));
                if (values.Count > PixelLabels.MostClasses + 1) state.Stop();
            }
            catch (BadImageException error)
            {
                bad.Add(error);
            }
        });
        if (kinds.IsEmpty)
            throw new MocoException(ErrorIds.NoMasks, $"none of the {files.Count:N0} masks can be read: {bad.First().Message}",
                at: bad.First().At, fix: bad.First().Fix);
        if (kinds.Count > 1)
            throw new MocoException(ErrorIds.MaskMisfit, "the masks name classes in several ways: "
                + string.Join(", ", kinds.OrderBy(static one => one.Key)
                    .Select(static one => $"{Path.GetFileName(one.Value)} {Word(one.Key)}")),
                at: folder, fix: "write all of them alike: as palettes, as gray values or in colors");
        return Make(kinds.Keys.First(), values, folder, ignore);
    }

    private static MaskTable Make(MaskKind kind, ConcurrentDictionary<int, Rgb> values, string folder, string? ignore)
    {
        int? ignored = ignore is null ? kind == MaskKind.Color ? null : UsualIgnored : Parse(kind, ignore);
        int[] used = [.. values.Keys.Where(value => value != ignored).Order()];
        if (used.Length is < 2 or > PixelLabels.MostClasses)
            throw new MocoException(ErrorIds.BadClasses, used.Length < 2
                ? $"the masks hold {(used.Length == 0 ? "no class" : "one class")}, so that nothing can be told apart"
                : $"the masks hold more than {PixelLabels.MostClasses} {(kind == MaskKind.Color ? "colors" : "values")}, each of which "
                + $"would be a class", at: folder, fix: used.Length < 2 ? "name masks of two classes or more"
                : "write one value a class without blending at the borders, and no JPEG in between; pictures are no masks");
        // few gray values are hardly told apart by the eye
        PixelClass[] classes = [.. used.Select((value, i) =>
            new PixelClass(NameOf(kind, value), kind == MaskKind.Gray ? DistinctColors.Of(i) : values[value]))];
        return new MaskTable(kind, ignored, used.Index().ToDictionary(static one => one.Item, static one => (byte)one.Index), classes);
    }

    /// <summary>Reads the mask of a picture.</summary>
    /// <param name="path">The mask's file.</param>
    /// <param name="picture">The picture that it belongs to.</param>
    /// <exception cref="BadImageException">It cannot be read, or has another shape than the picture (MS5141).</exception>
    internal PixelLabels Read(string path, Image picture)
    {
        ClassMask mask = ClassMask.Load(path);
        long off = Math.Abs((long)mask.Width * picture.Height - (long)mask.Height * picture.Width);
        if (off > picture.Width + picture.Height)           // sides that were rounded to whole pixels differ by less
            throw new BadImageException(ErrorIds.MaskMisfit,
                $"the mask has {mask.Width} x {mask.Height} pixels, another shape than the picture's {picture.Width} x {picture.Height}",
                path, "make the mask of the same cut of the picture; its size may differ, its shape may not");
        if (mask.Kind != _kind)
            throw new BadImageException(ErrorIds.MaskMisfit, $"the mask is written {Word(mask.Kind)}, and the others {Word(_kind)}", path,
                "write all of them alike");
        byte[] classes = new byte[mask.Values.Length];
        for (int i = 0; i < classes.Length; i++)
            classes[i] = mask.Values[i] == _ignored ? PixelLabels.None : _classes.TryGetValue(mask.Values[i], out byte known) ? known
                : throw new BadImageException(ErrorIds.MaskMisfit, $"the mask was changed: it holds {NameOf(_kind, mask.Values[i])} now",
                path, "leave the masks as they are while they are in use");
        return new PixelLabels(mask.Width, mask.Height, classes);
    }

    private static int Parse(MaskKind kind, string text)
    {
        bool isColor = text.Length == 7 && text[0] == '#';
        bool isRead = isColor ? int.TryParse(text.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        return isRead && isColor == (kind == MaskKind.Color) ? value
            : throw new OptionException("ignore", text, $"and the masks are written {Word(kind)}",
            fix: kind == MaskKind.Color ? "write a color such as #000000" : "write a number from 0 on");
    }

    private static string NameOf(MaskKind kind, int value) => kind == MaskKind.Color ? $"#{value:X6}"
        : value.ToString(CultureInfo.InvariantCulture);

    private static string Word(MaskKind kind) => kind switch
    {
        MaskKind.Entry => "by a palette",
        MaskKind.Gray => "in gray values",
        _ => "in colors",
    };
}
