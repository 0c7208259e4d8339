using System.Text.Json;
using System.Text.Json.Serialization;
using MocoSharp.Evaluation;
using MocoSharp.Features;
using MocoSharp.Imaging.Codecs;
using MocoSharp.Runs;

namespace MocoSharp.Cli.Output;

/// <summary>What tests leave below a run's <c>eval/</c>: whole files, each written in place of an older one of its name.</summary>
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
        string path = PathOf(run, name);
        WholeFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(document, s_json));
        return path;
    }

    /// <summary>Writes a confusion matrix as a picture.</summary>
    /// <returns>The file's path.</returns>
    internal static string Write(RunFolder run, string name, ConfusionMatrix confusion)
    {
        string path = PathOf(run, name);
        WholeFile.Write(path, ImageEncoder.Png(ConfusionPicture.Render(confusion)));
        return path;
    }

    /// <summary>Where a result lies, in a folder that is there.</summary>
    internal static string PathOf(RunFolder run, string name)
    {
        Directory.CreateDirectory(run.Evaluations);
        return Path.Combine(run.Evaluations, name);
    }
}
