using System.Globalization;
using System.Text.Json;
using MocoSharp.Encoders;
using MocoSharp.Recipes;
using MocoSharp.Recipes.Yaml;
using MocoSharp.Torch;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Runs;

/// <summary><c>encoder.safetensors</c>: an encoder's weights under torchvision's names, and in the head what it is.</summary>
public static class EncoderFile
{
    private const string PatchesKey = "patches";
    private const string RunName = "run", RecipeName = "recipe";

    /// <summary>Writes an encoder in place of the file that may be there; a kill in between leaves the old one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="run">What tells its run from others: see <see cref="RunEnvironment.Identity"/>.</param>
    /// <param name="recipe">What the encoder was trained by: the file then says what the encoder expects to see of a picture.</param>
    public static void Write(string path, Encoder encoder, string? run = null, Recipe? recipe = null)
    {
        EncoderOptions options = encoder.Options;
        Dictionary<string, string> head = new() { ["format"] = "pt", ["encoder"] = options.Name };
        foreach (RecordKey key in RecordShape.Of(options.GetType()).Keys)
            if (key.Name is not (VariantFamily.NameOfKey or "batchNormSplits") && key.ValueIn(options) is { } value)
                head[key.Name] = value switch
                {
                    PatchGrid patches => $"{patches.Side}/{patches.Stride}",
                    bool flag => flag ? "true" : "false",
                    _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
                };
        if (run is not null) head[RunName] = run;
        if (recipe is not null)
        {
            head[RecipeName] = recipe.Name;
            head[EncoderInput.Key] = EncoderInput.Of(recipe).ToJson();
        }
        Safetensors.Write(path, encoder.State(), head);
    }

    /// <summary>Whether a file is whole and holds the very weights of an encoder.</summary>
    internal static bool Holds(string path, Encoder encoder)
    {
        if (!File.Exists(path)) return false;
        using TensorScope scope = TensorScope.Begin();
        try
        {
            using SafetensorsFile file = Safetensors.Open(path);
            IReadOnlyDictionary<string, Tensor> there = file.ReadAll();
            (string Name, Tensor Value)[] own = [.. encoder.State()];
            return there.Count == own.Length
                && own.All(item => there.TryGetValue(item.Name, out Tensor? value) && value.SameAs(item.Value));
        }
        catch (TorchException error) when (error.Id == TorchErrorIds.Safetensors)
        {
            return false;
        }
    }

    /// <summary>Whether a file is one that this class wrote, and not another program's.</summary>
    internal static bool IsOne(string path)
    {
        if (!ForeignEncoder.IsSafetensors(path)) return false;
        using SafetensorsFile file = Open(path);
        return file.Metadata.ContainsKey("encoder");
    }

    /// <summary>What a file's head says: which encoder it holds, and of which run it is; null where an older version wrote it.</summary>
    /// <inheritdoc cref="Read"/>
    internal static (EncoderOptions Options, string? Run) Head(string path)
    {
        using SafetensorsFile file = Open(path);
        return (Explained(path, () => Options(file, NameIn(file, path))), file.Metadata.GetValueOrDefault(RunName));
    }

    /// <summary>What a file's encoder expects to see of a picture.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="MocoException">MS4010: an older version wrote the file, which says nothing of it, or it is damaged.</exception>
    public static EncoderInput Input(string path)
    {
        using SafetensorsFile file = Open(path);
        string text = file.Metadata.GetValueOrDefault(EncoderInput.Key)
            ?? throw new MocoException(ErrorIds.NotAnEncoder, "the file does not say what its encoder expects to see of a picture",
            at: path, fix: $"open its run instead, which knows; 'moco resume' writes the file anew: moco resume "
            + $"{CommandText.Quoted(Path.GetDirectoryName(Path.GetFullPath(path))!)}");
        return Explained(path, () => EncoderInput.Parse(text));
    }

    /// <summary>Builds the encoder that a file holds, in evaluation mode.</summary>
    /// <exception cref="TorchException">Damaged, or the weights do not fit what the head names.</exception>
    /// <exception cref="MocoException">MS4010: the head does not say which encoder it is, or what it says cannot be.</exception>
    public static Encoder Read(string path)
    {
        using TensorScope scope = TensorScope.Begin();
        using SafetensorsFile file = Open(path);
        string name = NameIn(file, path);
        Encoder encoder = Explained(path, () => EncoderRegistry.Create(Options(file, name)));
        encoder.Load(file.ReadAll(), path);
        encoder.Train(false);
        return encoder;
    }

    private static SafetensorsFile Open(string path)
    {
        try
        {
            return Safetensors.Open(path);
        }
        catch (TorchException error) when (error.Id == TorchErrorIds.Safetensors)
        {
            throw new TorchException(error.Id, error.Message, at: path,
                fix: $"take another copy; a run writes its own anew: moco resume "
                + $"{CommandText.Quoted(Path.GetDirectoryName(Path.GetFullPath(path))!)}", inner: error);
        }
    }

    private static string NameIn(SafetensorsFile file, string path) => file.Metadata.GetValueOrDefault("encoder")
        ?? throw new MocoException(ErrorIds.NotAnEncoder, "the file's head names no encoder", at: path,
        fix: "use the encoder.safetensors of a run");

    private static T Explained<T>(string path, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException or JsonException or MocoException)
        {
            throw new MocoException(ErrorIds.NotAnEncoder, $"the file's head names an encoder that cannot be made: {error.Message}",
                at: path,
                fix: "the file is damaged, or of another version: take another copy; a run writes its own anew with 'moco resume'",
                inner: error);
        }
    }

    private static EncoderOptions Options(SafetensorsFile file, string name)
    {
        List<YamlEntry> entries = [new(VariantFamily.NameOfKey, default, ScalarType.Write(name))];
        foreach (RecordKey key in RecordShape.Of(EncoderRegistry.OptionsOf(name)).Keys)
            if (file.Metadata.TryGetValue(key.Name, out string? text))
                entries.Add(new YamlEntry(key.Name, default, key.Name switch
                {
                    PatchesKey => Patches(text),
                    _ when key.Type.IsEnum => ScalarType.Write(JsonNamingPolicy.CamelCase.ConvertName(text)),
                    _ => new YamlScalar(text, IsPlain: true, default),
                }));
        return RecipeFile.Binder.Bind<EncoderOptions>(new YamlMap(entries, default), "encoder");
    }

    private static YamlMap Patches(string text)
    {
        if (text.Split('/') is not [var side, var stride]) throw new FormatException($"'{text}' is not side/stride");
        YamlEntry Entry(string key, string value) => new(key, default, new YamlScalar(value, IsPlain: true, default));
        return new YamlMap([Entry("side", side), Entry("stride", stride)], default);
    }
}
