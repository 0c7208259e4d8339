using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MocoSharp.Features;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Runs;

namespace MocoSharp.Evaluation;

/// <summary>What a test came to: a document, as it lies in the run's <c>eval/</c> and as <c>--json</c> prints it. Accuracies are percent
/// with two decimals.</summary>
/// <param name="Run">The run's folder.</param>
/// <param name="Test">knn, linear, finetune, views or segmentation.</param>
public abstract record EvaluationResult([property: JsonPropertyOrder(-3)] string Run, [property: JsonPropertyOrder(-2)] string Test)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    /// <summary>The program that tested.</summary>
    [JsonPropertyOrder(-1)]
    public string Version { get; } = RunEnvironment.ProgramVersion;

    /// <summary>The encoder's file where no run made it; null for a run.</summary>
    [JsonPropertyOrder(-1)]
    public string? Model { get; init; }

    /// <summary>The update whose checkpoint was tested; null for the newest.</summary>
    [JsonPropertyOrder(-1)]
    public long? Checkpoint { get; init; }

    /// <summary>What its files in <c>eval/</c> are called, without extension.</summary>
    [JsonIgnore]
    public string FileName { get; init; } = "";

    /// <summary>The document's file, once it is written.</summary>
    [JsonIgnore]
    public string File => Path.Combine(new RunFolder(Run).Evaluations, FileName + ".json");

    /// <summary>Why its files could not be written, which takes nothing away that was worked out; null once they are there.</summary>
    [JsonIgnore]
    public Exception? NotKept { get; private set; }

    /// <summary>The document.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, GetType(), s_json);

    /// <summary>Writes the document in place of an older one of its name.</summary>
    internal void Write() => Write(File, System.Text.Encoding.UTF8.GetBytes(ToJson()));

    /// <summary>Draws a confusion matrix beside the document, where it is not too large to be looked at.</summary>
    /// <returns>The file; null where nothing was drawn.</returns>
    internal string? Draw(ConfusionMatrix confusion)
    {
        if (confusion.Classes.Count > ConfusionPicture.MostClasses) return null;
        return Draw(ConfusionPicture.Render(confusion));
    }

    /// <summary>Keeps a picture beside the document, under its name.</summary>
    /// <returns>The file.</returns>
    internal string Draw(Image picture)
    {
        string path = Path.Combine(Path.GetDirectoryName(File)!, FileName + ".png");
        Write(path, ImageEncoder.Png(picture));
        return path;
    }

    private void Write(string path, byte[] content)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            AtomicFile.Write(path, content);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            NotKept ??= error;
        }
    }
}

/// <summary>Percent with two decimals.</summary>
internal sealed class PercentConverter : JsonConverter<double>
{
    public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Math.Round(value, 2));
}

/// <summary>Percent with two decimals, where there is a value.</summary>
internal sealed class NullablePercentConverter : JsonConverter<double?>
{
    public override double? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Null ? null : reader.GetDouble();

    public override void Write(Utf8JsonWriter writer, double? value, JsonSerializerOptions options)
    {
        if (value is { } number) writer.WriteNumberValue(Math.Round(number, 2));
        else writer.WriteNullValue();
    }
}
