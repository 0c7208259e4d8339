using System.Diagnostics;
using MocoSharp.Runs;

namespace MocoSharp.Training;

// What a training writes into its folder.
public sealed partial class TrainingRun
{
    /// <summary>Trains until the recipe's last epoch, an earlier one, or a cancellation, which writes a checkpoint first.</summary>
    /// <param name="stop">An earlier end, with a checkpoint; null for none.</param>
    /// <param name="cancel">Asks for a stop after the current update; so does <see cref="RunFolder.AskToStop"/>.</param>
    public TrainingResult Train(StopAfter? stop = null, CancellationToken cancel = default)
    {
        _stop = stop ?? default;
        if (!Writes) return Attempt(cancel);
        RunFailure.Forget(_folder);
        using StopRequest asked = new(_folder, _time, cancel);
        try
        {
            return Attempt(asked.Token);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            RunFailure.Keep(_folder, error, _time);
            throw;
        }
    }

    private void KeepChanges()
    {
        _keep?.Invoke();
        _keep = null;
    }

    private void Save()
    {
        using Activity? span = _telemetry.Span("checkpoint");
        RankStatistics.Share(_method);
        Write(WriteAll);
    }

    private void WriteAll()
    {
        KeepChanges();
        _environment = _environment.WithKernels();
        _environment.Write(_folder);
        _store.Write(_position.ToCheckpoint(_metrics!.Length, _environment, _recipeText), _method, _optimizer, _losses, _probe);
        _store.Retain(_recipe.Checkpoints.Keep, _position.Step, _recipe.Checkpoints.KeepBest ? _position.BestStep : null);
        WriteEncoder();
    }

    private void WriteEncoder() => EncoderFile.Write(_folder.Encoder, _method.Encoder, _environment.Identity, _recipe);
}
