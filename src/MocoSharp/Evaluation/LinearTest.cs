namespace MocoSharp.Evaluation;

/// <summary>The linear test with its document and classifier.</summary>
internal static class LinearTest
{
    internal static LinearResult Run(EvaluatedRun run, LinearOptions options, HeadOptions? head, string suffix, CancellationToken cancel)
    {
        if (head is not null) _ = SavedHead.PathOf(run.Folder, head.Name);        // a name that cannot be is refused at once
        run.Require();
        string encoder = SavedHead.ChecksumOf(run.Folder);
        LinearScores scores = LinearEvaluation.Run(run, options with { Calibrate = options.Calibrate || head is not null }, cancel);
        double? precision = head?.Reachable(scores.HeldOut, run);
        if (head is not null && SavedHead.ChecksumOf(run.Folder) != encoder)
            throw new MocoException(ErrorIds.HeadDiffers,
                "the run was trained further while its features were tested, so the classifier fits an encoder that is gone",
                at: run.Folder.Root,
                fix: "stop the training or wait for its end, then do the same again");
        string? kept = head is null || !run.Work.Keeps ? null
            : new SavedHead(scores.Trained.Head, options.Features, scores.HeldOut, precision, encoder).Save(run.Folder, head.Name);
        bool isSgd = options.Solver == LinearSolver.Sgd;
        string solver = isSgd ? "sgd" : "lbfgs";
        LabelTestSettings settings = new(run.Data.Paths[0], run.Data.TestPath, options.Labels.ToString(), options.Seed)
        {
            LabelFile = run.Data.Labels?.CsvPath,
            TestLabelFile = run.Data.TestLabels?.CsvPath,
            Features = options.Features.Name,
            Solver = solver,
            Sgd = isSgd ? options.Sgd : null,
        };
        LinearResult result = new(run.Folder.Root, settings,
            [.. scores.Scores.Select(static score => LabelTestScore.Of(score.Features, score.Result, score.Confusion))])
        {
            Checkpoint = run.Folder.Step,
            Model = run.Folder.Foreign,
            FileName = $"linear-{options.Labels.FileName}-{solver}-{options.Features.Name}{suffix}",
            Head = kept,
            Calibration = scores.HeldOut is null ? null : Calibration.Of(scores.HeldOut, precision),
        };
        if (!run.Work.Keeps) return result;
        string? picture = result.Draw(result.Matrix);
        result = result with { ConfusionPicture = picture };
        result.Write();
        return result;
    }
}
