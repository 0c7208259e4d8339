using System.Globalization;
using MocoSharp.Imaging.Datasets;
using MocoSharp.Maps;

namespace MocoSharp;

/// <summary>Where the pictures of a map start: at their places on another one, as of another epoch of the run. The map is turned onto it,
/// so that the two can be compared.</summary>
public sealed class MapStart
{
    private readonly Dictionary<string, (float X, float Y)> _places;
    private readonly string _path;

    private MapStart(Dictionary<string, (float X, float Y)> places, string path) => (_places, _path) = (places, path);

    /// <summary>Reads a map's points.</summary>
    /// <param name="path">A CSV file with columns name, x and y, as <see cref="MapTable"/> writes it.</param>
    /// <exception cref="MocoException">MS5370: it is none.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static MapStart Read(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException("there is no such file", path);
        try
        {
            using StreamReader text = new(path);
            return new MapStart(Read(Csv.Rows(text), path), path);
        }
        catch (FormatException error)
        {
            throw NoPoints(path, error.Message);
        }
    }

    /// <summary>[N, 2] the places of some pictures; of those that the other map lacks, its middle.</summary>
    /// <param name="names">[N].</param>
    /// <param name="missing">How many those are.</param>
    /// <exception cref="MocoException">MS5370: it has none of them.</exception>
    internal PointSet PlacesOf(IEnumerable<string> names, out int missing)
    {
        (float X, float Y) middle = (_places.Values.Average(static place => place.X), _places.Values.Average(static place => place.Y));
        List<float> places = [];
        missing = 0;
        foreach (string name in names)
        {
            if (!_places.TryGetValue(name, out (float X, float Y) place)) (place, missing) = (middle, missing + 1);
            places.AddRange([place.X, place.Y]);
        }
        return 2 * missing < places.Count ? new PointSet([.. places], 2)
            : throw NoPoints(_path, "it has none of the pictures that are embedded here");
    }

    private static Dictionary<string, (float X, float Y)> Read(IEnumerable<(int Line, List<string> Fields)> rows, string path)
    {
        Dictionary<string, (float X, float Y)> places = [];
        (int Name, int X, int Y)? columns = null;
        foreach ((int line, List<string> fields) in rows)
        {
            if (columns is not { } at)
            {
                columns = (fields.IndexOf("name"), fields.IndexOf("x"), fields.IndexOf("y"));
                if (columns is not ( >= 0, >= 0, >= 0)) throw NoPoints(path, "it has no columns name, x and y");
                continue;
            }
            if (Math.Max(at.Name, Math.Max(at.X, at.Y)) >= fields.Count || !Number(fields[at.X], out float x)
                || !Number(fields[at.Y], out float y))
                throw NoPoints(path, $"line {line} has no name, x and y");
            places.TryAdd(fields[at.Name], (x, y));
        }
        return places.Count > 0 ? places : throw NoPoints(path, "it has no points");
    }

    private static bool Number(string text, out float number) =>
        float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && float.IsFinite(number);

    private static MocoException NoPoints(string path, string why) => new(ErrorIds.NoMapStart, $"a map cannot start from it: {why}", path,
        "name the table of a map of the same pictures: moco map EMBEDDINGS --points FILE.csv");
}
