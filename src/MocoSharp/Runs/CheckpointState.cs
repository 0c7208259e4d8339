namespace MocoSharp.Runs;

/// <summary><c>state.json</c>: where a training stood, and the checksums of the files beside it.</summary>
/// <param name="Format">Version of this form; 2. Format 1 has no checksum of its own.</param>
/// <param name="Epoch">Epochs begun before the current one.</param>
/// <param name="BatchInEpoch">Batches of the current epoch that are done.</param>
/// <param name="Step">Updates made.</param>
/// <param name="LossSum">Sum of the current epoch's losses.</param>
/// <param name="ElapsedSeconds">Training time so far.</param>
/// <param name="MetricsBytes">Length of metrics.jsonl at this moment; later lines are cut on resume.</param>
/// <param name="BestKnn">The best monitor value so far, in percent; empty when none was taken.</param>
/// <param name="BestStep">The step of the best value.</param>
/// <param name="Files">SHA-256 of each file beside this one, in hexadecimal.</param>
/// <param name="MeasureSums">Sums of the batches' own measures in the current epoch, by name; empty where there are none.</param>
/// <param name="Environment">The run's environment at this moment, so that a lost environment.json is no loss; null in those of older
/// versions.</param>
/// <param name="Recipe">The run's recipe as YAML, for the same reason; null in those of older versions.</param>
/// <param name="Checksum">SHA-256 of this file with zeros in this place, in hexadecimal; filled in when it is written.</param>
public sealed record CheckpointState(
    int Format, int Epoch, int BatchInEpoch, long Step, double LossSum, double ElapsedSeconds, long MetricsBytes,
    double? BestKnn, long? BestStep, IReadOnlyDictionary<string, string> Files,
    IReadOnlyDictionary<string, double>? MeasureSums = null, RunEnvironment? Environment = null, string? Recipe = null,
    string? Checksum = null)
{
    /// <summary>The form that this version writes; it reads the ones before too.</summary>
    public const int CurrentFormat = 2;
}
