using System.Globalization;
using System.Text;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Runs;
using MocoSharp.Studio.Labeling;
using MocoSharp.Studio.Pictures;

namespace MocoSharp.Studio.Finding;

/// <summary>A selection as a folder of its own: a link to each picture under its name in the data set, or a copy where there can be no
/// link, and the labels as a table.</summary>
internal static class SelectionFolder
{
    /// <summary>Pictures of one folder at most.</summary>
    internal const int MostPictures = 100_000;

    private static readonly Lock s_lock = new();

    /// <summary>Writes one, of the first number that is free: nothing that is there is touched.</summary>
    /// <exception cref="MocoException">MS5321: a picture is not there any more. MS5324: one's name leads out of the folder.</exception>
    internal static SelectionAnswer Write(Collection collection, int[] places, LabelBook labels)
    {
        places = [.. places.Distinct()];
        foreach (int place in places) RequirePlain(collection.Points.Names[place]);
        string data = Path.GetFullPath(collection.Run.Environment().Data[0]), folder = Begin(collection.Run.Kept.Selections);
        int links = 0;
        StringBuilder table = new("file,label\n");
        foreach (int place in places)
        {
            string name = collection.Points.Names[place], from = Path.Combine(data, name);
            if (!File.Exists(from)) name = Path.ChangeExtension(name, ".png");
            string to = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            if (!File.Exists(from)) ImageEncoder.Save(collection.Load(place, new DecodeRequest()), to);
            else if (Link(from, to)) links++;
            if ((labels.Given(place) ?? collection.Points.Labels[place]) is { } label)
                table.Append(Csv.Field(name)).Append(',').Append(Csv.Field(label)).Append('\n');
        }
        AtomicFile.Write(Path.Combine(folder, "labels.csv"), Encoding.UTF8.GetBytes(table.ToString()));
        return new SelectionAnswer(folder, links, places.Length - links);
    }

    private static string Begin(string root)
    {
        lock (s_lock)
            for (int number = 1; ; number++)
            {
                string folder = Path.Combine(root, number.ToString(CultureInfo.InvariantCulture));
                if (Path.Exists(folder)) continue;
                Directory.CreateDirectory(folder);
                return folder;
            }
    }

    // whether it became a link, and no copy
    private static bool Link(string from, string to)
    {
        try
        {
            File.CreateSymbolicLink(to, from);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException && !Path.Exists(to))
        {
            File.Copy(from, to);
            return false;
        }
    }

    private static void RequirePlain(string name)
    {
        if (name.Length == 0 || name.Contains('\0', StringComparison.Ordinal)
            || name.Split('/').Any(static part => part is "" or "." or ".."))
            throw new MocoException(StudioErrorIds.BadRequest, $"the picture's name '{name}' leads out of a folder", fix: "leave it out");
    }
}

/// <summary>A folder that was written.</summary>
/// <param name="Folder">Where it lies.</param>
/// <param name="Links">Pictures that are links to the data set's files.</param>
/// <param name="Copies">Pictures that are files of their own: of a packed data set, or where links are refused.</param>
internal sealed record SelectionAnswer(string Folder, int Links, int Copies);
