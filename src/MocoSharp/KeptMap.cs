using System.Text.Json;
using MocoSharp.Embeddings;
using MocoSharp.Maps;
using MocoSharp.Torch;
using MocoSharp.Torch.Serialization;

namespace MocoSharp;

/// <summary>A map on a disk, so that other pictures can be placed on it: a safetensors file of its embeddings and places, with how it was
/// made.</summary>
public sealed class KeptMap
{
    private const string FeaturesKey = "features", PlacesKey = "places", SettingsKey = "map", PointsKey = "points", EncoderKey = "encoder";
    private const string FormatKey = "moco.map", Format = "1";

    private readonly string? _encoder;

    private KeptMap(UmapMap layout, IReadOnlyList<MapPoint> points, MapSettings settings, string? encoder) =>
        (Layout, Points, Settings, _encoder) = (layout, points, settings, encoder);

    /// <summary>Places and embeddings.</summary>
    public UmapMap Layout { get; }

    /// <summary>Its pictures.</summary>
    public IReadOnlyList<MapPoint> Points { get; }

    /// <summary>How it was made.</summary>
    public MapSettings Settings { get; }

    /// <summary>Writes a map.</summary>
    /// <param name="map">One that UMAP made.</param>
    /// <param name="embeddings">What it was made of.</param>
    /// <param name="path">A .safetensors file; one of this name is replaced.</param>
    /// <exception cref="MocoException">MS5112: nothing can be placed on such a map.</exception>
    public static void Save(FolderMap map, EmbeddingsFile embeddings, string path)
    {
        if (map.Layout is null)
            throw new MocoException(ErrorIds.NoKeptMap, "only a map by UMAP can be kept for others", path,
                "leave --method pca or --keep out");
        using TensorScope scope = TensorScope.Begin();
        Dictionary<string, string> texts = new()
        {
            [FormatKey] = Format,
            [SettingsKey] = JsonSerializer.Serialize(map.Settings),
            [PointsKey] = JsonSerializer.Serialize(map.Points),
        };
        if (embeddings.Encoder is { } encoder) texts[EncoderKey] = encoder;
        Safetensors.Write(path, [(FeaturesKey, TensorOf(map.Layout.Features)), (PlacesKey, TensorOf(map.Layout.Points))], texts);
    }

    /// <summary>Reads a map.</summary>
    /// <param name="path">What <see cref="Save"/> wrote.</param>
    /// <exception cref="MocoException">MS5112: it is no kept map.</exception>
    /// <exception cref="TorchException">MS1007: the file is damaged.</exception>
    public static KeptMap Open(string path)
    {
        if (!File.Exists(path))
            throw new MocoException(ErrorIds.NoKeptMap, "there is no such file", path, "make one: moco map EMBEDDINGS --keep FILE");
        using TensorScope scope = TensorScope.Begin();
        using SafetensorsFile file = Safetensors.Open(path);
        if (file.Metadata.GetValueOrDefault(FormatKey) != Format)
            throw new MocoException(ErrorIds.NoKeptMap, "the file is no kept map of this version", path,
                "make one: moco map EMBEDDINGS --keep FILE");
        try
        {
            MapSettings settings = JsonSerializer.Deserialize<MapSettings>(file.Metadata[SettingsKey])!;
            MapPoint[] points = JsonSerializer.Deserialize<MapPoint[]>(file.Metadata[PointsKey])!;
            UmapMap layout = UmapMap.Restore(SetOf(file[FeaturesKey]), SetOf(file[PlacesKey]), FolderMap.Options(settings));
            return new KeptMap(layout, points, settings, file.Metadata.GetValueOrDefault(EncoderKey));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or MapException or OptionException)
        {
            throw new MocoException(ErrorIds.NoKeptMap, $"the kept map contradicts itself: {error.Message}", path, "make it again", error);
        }
    }

    /// <exception cref="MocoException">MS5105.</exception>
    internal void RequireSameEncoder(EmbeddingsFile embeddings)
    {
        if (_encoder is { } own && embeddings.Encoder is { } other && own != other)
            throw new MocoException(ErrorIds.OtherEmbeddings, "the embeddings are of another encoder than the map's", embeddings.Path,
                "embed the pictures with the encoder that the map was made with");
    }

    private static Tensor TensorOf(PointSet points) => Tensor.From(points.Values.Span, [points.Count, points.Dimensions]);

    private static PointSet SetOf(Tensor tensor) => new(tensor.ToArray<float>(), (int)tensor.Shape[1]);
}
