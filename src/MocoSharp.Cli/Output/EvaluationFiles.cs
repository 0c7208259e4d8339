using System.Text.Json;
using System.Text.Json.Serialization;
using MocoSharp.Evaluation;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Training;

namespace MocoSharp.Cli.Output;

/// <summary>What tests leave below a run's <c>eval/</c>.</summary>
internal static class EvaluationFiles
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    /// <summary>Writes a document.</summary>
    /// <returns>The file's path.</returns>
    internal static string Write(RunFolder run, string name, object document)
    {
        Directory.CreateDirectory(run.Evaluations);
        string path = Path.Combine(run.Evaluations, name);
        File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(document, s_json));
        return path;
    }

    /// <summary>Writes a confusion matrix as a picture.</summary>
    /// <returns>The file's path.</returns>
    internal static string Write(RunFolder run, string name, ConfusionMatrix confusion)
    {
        Directory.CreateDirectory(run.Evaluations);
        string path = Path.Combine(run.Evaluations, name);
        ImageEncoder.Save(ConfusionPicture.Render(confusion), path);
        return path;
    }
}
