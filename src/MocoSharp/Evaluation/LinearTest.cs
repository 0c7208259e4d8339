namespace MocoSharp.Evaluation;

/// <summary>How a test's first classifier is kept, for labeling other pictures.</summary>
/// <param name="Name">Its name in the run: letters, digits, '-', '_' and '.'.</param>
/// <param name="Precision">Also find the threshold at which this share of held-out labels is right; null for no threshold.</param>
public sealed record HeadOptions(string Name, double? Precision = null)
{
    /// <summary>The precision to keep it with; null, and a warning, where no threshold reaches it: nothing that was learned is lost.</summary>
    internal double? Reachable(HeldOut? heldOut, EvaluatedRun run)
    {
        if (Precision is not { } wanted) return null;
        try
        {
            if (heldOut is not null)
            {
                _ = heldOut.At(wanted);
                return wanted;
            }
            run.Warn("no label could be held out, so the classifier is kept without a threshold");
        }
        catch (MocoException error) when (error.Id == ErrorIds.PrecisionNotReached)
        {
            run.Warn($"{error.Message}; the classifier is kept without a threshold");
        }
        return null;
    }
}

/// <summary>The linear test with its document and classifier.</summary>
internal static class LinearTest
{
    internal static LinearResult Run(EvaluatedRun run, LinearOptions options, HeadOptions? head, string suffix, CancellationToken cancel)
    {
        if (head is not null) _ = KeptHead.PathOf(run.Folder, head.Name);        // a name that cannot be is refused at once
        run.Require();
        string encoder = KeptHead.ChecksumOf(run.Folder);
        LinearScores scores = LinearEvaluation.Run(run, options with { Calibrate = options.Calibrate || head is not null }, cancel);
        double? precision = head?.Reachable(scores.HeldOut, run);
        if (head is not null && KeptHead.ChecksumOf(run.Folder) != encoder)
            throw new MocoException(ErrorIds.HeadDiffers, "the run was trained further while its features were tested, so the classifier fits an encoder that is gone", at: run.Folder.Root,
                fix: "stop the training or wait for its end, then do the same again");
        string? kept = head is null ? null : new KeptHead(scores.Trained.Head, options.Features, scores.HeldOut, precision, encoder).Save(run.Folder, head.Name);
        bool isSgd = options.Solver == LinearSolver.Sgd;
        string solver = isSgd ? "sgd" : "lbfgs";
        LabelTestSettings settings = new(run.Data.Paths[0], run.Data.TestPath, options.Labels.ToString(), options.Seed)
        {
            LabelFile = run.Data.Labels?.CsvPath,
            Features = options.Features.Name,
            Solver = solver,
            Sgd = isSgd ? options.Sgd : null,
        };
        LinearResult result = new(run.Folder.Root, settings, [.. scores.Scores.Select(static score => LabelTestScore.Of(score.Features, score.Result, score.Confusion))])
        {
            FileName = $"linear-{options.Labels.FileName}-{solver}-{options.Features.Name}{suffix}",
            Head = kept,
            Calibration = scores.HeldOut is null ? null : Calibration.Of(scores.HeldOut, precision),
        };
        string? picture = result.Draw(result.Matrix);
        result = result with { ConfusionPicture = picture };
        result.Write();
        return result;
    }
}

/// <summary>The fine-tuning test with its document and classifier.</summary>
internal static class FineTuneTest
{
    internal static FineTuneResult Run(EvaluatedRun run, FineTuneOptions options, HeadOptions? head, string suffix, CancellationToken cancel)
    {
        if (head is not null) _ = KeptHead.PathOf(run.Folder, head.Name);
        double? precision = null;
        HeldOut? heldOut = null;
        string? kept = null;
        IReadOnlyList<FineTuneScore> scores = FineTuning.Run(run, options, head is null ? null : Keep, cancel);
        LabelTestSettings settings = new(run.Data.Paths[0], run.Data.TestPath, options.Labels.ToString(), options.Seed)
        {
            LabelFile = run.Data.Labels?.CsvPath,
            Freeze = options.Freeze,
            Rates = options.Rates,
            HeadScale = options.HeadScale,
            WeightDecay = options.WeightDecay,
        };
        FineTuneResult result = new(run.Folder.Root, settings, [.. scores.Select(Row)])
        {
            FileName = $"finetune-{options.Labels.FileName}-freeze-{options.Freeze}{suffix}",
            Head = kept,
            Calibration = heldOut is null ? null : Calibration.Of(heldOut, precision),
        };
        string? picture = result.Draw(result.Matrix);
        result = result with { ConfusionPicture = picture };
        result.Write();
        return result;

        void Keep(KeptHead made)
        {
            heldOut = made.HeldOut;
            precision = head!.Reachable(heldOut, run);
            kept = (made with { Precision = precision }).Save(run.Folder, head.Name);
        }
    }

    private static LabelTestScore Row(FineTuneScore score) => LabelTestScore.Of(score.Start, score.Result, score.Confusion,
        new FineTuneDetails(score.Draws[0].Epochs, [.. score.Draws.Select(static draw => (IReadOnlyList<RateScore>)[.. draw.Tried.Select(static one => new RateScore(one.Rate, one.HeldOutAccuracy))])]));
}
