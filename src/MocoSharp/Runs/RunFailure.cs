using System.Text.Encodings.Web;
using System.Text.Json;

namespace MocoSharp.Runs;

/// <summary><c>failure.json</c>: why a training ended in an error. It is there until the run goes on.</summary>
/// <param name="When">When that was.</param>
/// <param name="Id">The error's id; the exception's name for a mistake in the program.</param>
/// <param name="What">What was wrong.</param>
/// <param name="At">The file, folder or position; null for none.</param>
/// <param name="Fix">How to fix it; null where the error does not say.</param>
public sealed record RunFailure(DateTimeOffset When, string Id, string What, string? At, string? Fix)
{
    private const long Largest = 1 << 20;

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Reads a run's; null where its last training did not fail, or what it said is lost.</summary>
    public static RunFailure? Read(RunFolder folder)
    {
        try
        {
            return new FileInfo(folder.Failure) is { Exists: true, Length: <= Largest }
                && JsonSerializer.Deserialize<RunFailure>(File.ReadAllBytes(folder.Failure), s_json)
                    is { Id: not null, What: not null } read ? read : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Keeps an error. Where that fails too, the error itself is what people must see.</summary>
    internal static void Keep(RunFolder folder, Exception error, TimeProvider time)
    {
        MocoException? known = error as MocoException;
        RunFailure failure = new(time.GetUtcNow(), known?.Id ?? error.GetType().Name, error.Message, known?.At, known?.Fix);
        try
        {
            AtomicFile.Write(folder.Failure, JsonSerializer.SerializeToUtf8Bytes(failure, s_json));
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            // a full disk may be the error
        }
    }

    /// <summary>Forgets it: the run goes on.</summary>
    internal static void Forget(RunFolder folder) => File.Delete(folder.Failure);
}
