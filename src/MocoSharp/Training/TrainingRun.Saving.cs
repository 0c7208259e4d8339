using MocoSharp.Runs;

namespace MocoSharp.Training;

// What a training writes into its folder.
public sealed partial class TrainingRun
{
    private void KeepChanges()
    {
        _keep?.Invoke();
        _keep = null;
    }

    private void Save()
    {
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
