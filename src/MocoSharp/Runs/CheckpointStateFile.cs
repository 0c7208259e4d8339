using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MocoSharp.Runs;

/// <summary><c>state.json</c> as bytes. It carries a checksum of itself, so that damage that still reads as JSON is found too.</summary>
/// <remarks>The checksum is that of the file with zeros in the checksum's place. Format 1 has none.</remarks>
internal static class CheckpointStateFile
{
    private const int FirstSealed = 2, OldestFormat = 1;

    // a measure may be no number while the loss is one
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };
    private static readonly string s_zeros = new('0', 2 * SHA256.HashSizeInBytes);

    /// <summary>The file of a state, in the current format.</summary>
    internal static byte[] Bytes(CheckpointState state)
    {
        state = state with { Format = CheckpointState.CurrentFormat, Checksum = s_zeros };
        string sum = Sum(JsonSerializer.SerializeToUtf8Bytes(state, s_json));
        return JsonSerializer.SerializeToUtf8Bytes(state with { Checksum = sum }, s_json);
    }

    /// <summary>Reads and checks one.</summary>
    /// <exception cref="JsonException">It is damaged, or of another format.</exception>
    internal static CheckpointState Read(byte[] file)
    {
        CheckpointState state = JsonSerializer.Deserialize<CheckpointState>(file, s_json) ?? throw new JsonException("it is empty");
        if (state.Format is < OldestFormat or > CheckpointState.CurrentFormat)
            throw new JsonException(
                $"it has format {state.Format}, and this version reads {OldestFormat} to {CheckpointState.CurrentFormat}");
        if (state.Format >= FirstSealed && state.Checksum is null) throw new JsonException("it has no checksum");
        if (state.Checksum is { } sum && Sum(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(file)
            .Replace($"\"{sum}\"", $"\"{s_zeros}\"", StringComparison.Ordinal))) != sum)
            throw new JsonException("its checksum differs");
        return state.Files is null ? throw new JsonException("it names no files") : state with { MeasureSums = Renamed(state.MeasureSums) };
    }

    // a measure of NNCLR had a British name
    private static Dictionary<string, double>? Renamed(IReadOnlyDictionary<string, double>? sums) =>
        sums?.ToDictionary(static sum => sum.Key == "neighbour_purity" ? "neighbor_purity" : sum.Key, static sum => sum.Value);

    private static string Sum(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
