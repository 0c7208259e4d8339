namespace MocoSharp.Evaluation;

/// <summary>The fine-tuning test with its document and classifier.</summary>
internal static class FineTuneTest
{
    internal static FineTuneResult Run(EvaluatedRun run, FineTuneOptions options, HeadOptions? head, string suffix,
        CancellationToken cancel)
    {
        if (head is not null) _ = SavedHead.PathOf(run.Folder, head.Name);
        double? precision = null;
        HeldOut? heldOut = null;
        string? kept = null;
        IReadOnlyList<FineTuneScore> scores = FineTuning.Run(run, options, head is null ? null : Keep, cancel);
        LabelTestSettings settings = new(run.Data.Paths[0], run.Data.TestPath, options.Labels.ToString(), options.Seed)
        {
            LabelFile = run.Data.Labels?.CsvPath,
            TestLabelFile = run.Data.TestLabels?.CsvPath,
            Freeze = options.Freeze,
            Rates = options.Rates,
            HeadScale = options.HeadScale,
            WeightDecay = options.WeightDecay,
        };
        FineTuneResult result = new(run.Folder.Root, settings, [.. scores.Select(Row)])
        {
            Checkpoint = run.Folder.Step,
            Model = run.Folder.Foreign,
            FileName = $"finetune-{options.Labels.FileName}-freeze-{options.Freeze}{suffix}",
            Head = kept,
            Calibration = heldOut is null ? null : Calibration.Of(heldOut, precision),
        };
        string? picture = result.Draw(result.Matrix);
        result = result with { ConfusionPicture = picture };
        result.Write();
        return result;

        void Keep(SavedHead made)
        {
            heldOut = made.HeldOut;
            precision = head!.Reachable(heldOut, run);
            kept = (made with { Precision = precision }).Save(run.Folder, head.Name);
        }
    }

    private static LabelTestScore Row(FineTuneScore score) => LabelTestScore.Of(score.Start, score.Result, score.Confusion,
        new FineTuneDetails(score.Draws[0].Epochs, [.. score.Draws.Select(static draw => draw.Tried)]));
}
