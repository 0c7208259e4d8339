using System.Text;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;

namespace MocoSharp.Terrain;

/// <summary>How a set of tiles is made.</summary>
/// <param name="Count">Tiles to train on, 1 or more.</param>
/// <param name="Test">Tiles to test on, 0 or more.</param>
/// <param name="Size">Pixels a side.</param>
/// <param name="Seed">The only source of randomness.</param>
/// <param name="Workers">Threads; 0 for all cores. They change nothing in the files.</param>
public sealed record TerrainSetOptions(int Count, int Test, int Size = 512, ulong Seed = 1, int Workers = 0);

/// <summary>Writes sets of tiles: <c>train/00000_t.png</c>, <c>…_h.png</c>, <c>…_i2.png</c>, as many in <c>test/</c> as asked for, and two
/// files of labels.</summary>
public static class TerrainSet
{
    /// <summary>Labels by erosion age, in the set's folder.</summary>
    public const string AgeLabels = "age.csv";

    /// <summary>Labels by the ridges' direction.</summary>
    public const string RidgeLabels = "ridges.csv";

    private const int Compression = 3;             // terrain hardly shrinks further, at three times the work

    /// <summary>Writes a set.</summary>
    /// <param name="folder">Empty, or not there yet.</param>
    /// <param name="options">How many, and how large.</param>
    /// <param name="done">Told how many tiles are written, from any thread.</param>
    /// <param name="cancel">Stops between tiles.</param>
    /// <exception cref="ImagingException">MS3054: the folder holds something already.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void Write(string folder, TerrainSetOptions options, Action<int>? done = null, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Test);
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            throw new ImagingException(ErrorIds.SetFolderInUse, "a new set needs a folder that is empty or not there yet", folder,
                "name another folder, or take what is in this one away");
        Directory.CreateDirectory(Path.Join(folder, "train"));
        if (options.Test > 0) Directory.CreateDirectory(Path.Join(folder, "test"));
        (string Name, ErosionAge Age, RidgeDirection Ridges)[] rows = new (string, ErosionAge,
            RidgeDirection)[options.Count + options.Test];
        int written = 0;
        ParallelOptions parallel = new()
        {
            MaxDegreeOfParallelism = options.Workers > 0 ? options.Workers : Environment.ProcessorCount,
            CancellationToken = cancel,
        };
        Parallel.For(0, rows.Length, parallel, number =>
        {
            TerrainTile tile = TerrainGenerator.Make(options.Seed, number, options.Size);
            string name = number < options.Count ? $"train/{number:00000}" : $"test/{number - options.Count:00000}";
            File.WriteAllBytes(Path.Join(folder, name + "_t.png"), ImageEncoder.Png(tile.Shaded, Compression));
            File.WriteAllBytes(Path.Join(folder, name + "_h.png"), ImageEncoder.Png(tile.Heights, Compression));
            File.WriteAllBytes(Path.Join(folder, name + "_i2.png"), ImageEncoder.Png(tile.Cover, Compression));
            rows[number] = (name + "_t.png", tile.Age, tile.Ridges);
            done?.Invoke(Interlocked.Increment(ref written));
        });
        File.WriteAllText(Path.Join(folder, AgeLabels), Labels(rows.Select(static row => (row.Name, row.Age.ToString()))));
        File.WriteAllText(Path.Join(folder, RidgeLabels), Labels(rows.Select(static row => (row.Name, row.Ridges.ToString()))));
    }

    /// <summary>A picture of the first tiles: shaded map, heights and cover side by side.</summary>
    /// <param name="options">The set.</param>
    /// <param name="rows">Rows of two tiles.</param>
    /// <param name="side">Pixels a picture.</param>
    public static Image Sheet(TerrainSetOptions options, int rows = 4, int side = 192)
    {
        const int gap = 4, across = 6;
        Image sheet = new(across * (side + gap) + gap, rows * (side + gap) + gap, 3);
        sheet.Samples.AsSpan().Fill(250);
        TerrainTile[] tiles = new TerrainTile[2 * rows];
        Parallel.For(0, tiles.Length, number => tiles[number] = TerrainGenerator.Make(options.Seed, number, options.Size));
        Imaging.Augment.Canvas canvas = new();
        for (int number = 0; number < tiles.Length; number++)
        {
            Image[] pictures = [tiles[number].Shaded, Shallow(tiles[number].Heights), tiles[number].Cover];
            for (int kind = 0; kind < pictures.Length; kind++)
                Place(sheet, Imaging.Sheets.Thumbnail.Of(pictures[kind], side, canvas), gap + (number % 2 * 3 + kind) * (side + gap),
                    gap + number / 2 * (side + gap));
        }
        return sheet;
    }

    private static string Labels(IEnumerable<(string File, string Label)> rows)
    {
        StringBuilder text = new("file,label\n");
        foreach ((string file, string label) in rows) text.Append(file).Append(',').Append(label.ToLowerInvariant()).Append('\n');
        return text.ToString();
    }

    private static Image Shallow(DeepImage deep)
    {
        Image image = new(deep.Width, deep.Height, 1);
        for (int i = 0; i < image.Samples.Length; i++) image.Samples[i] = (byte)(deep.Samples[i] >> 8);
        return image;
    }

    private static void Place(Image sheet, Image picture, int left, int top)
    {
        for (int y = 0; y < picture.Height; y++)
            for (int x = 0; x < picture.Width; x++)
                for (int channel = 0; channel < 3; channel++)
                    sheet.Row(top + y)[3 * (left + x) + channel] = picture.Row(y)[picture.Channels * x
                        + (picture.Channels == 1 ? 0 : channel)];
    }
}
