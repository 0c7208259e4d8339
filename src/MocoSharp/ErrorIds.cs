namespace MocoSharp;

/// <summary>The ids of this library's errors: MS2xxx recipes, MS4xxx runs and checkpoints, MS5xxx evaluation.</summary>
public static class ErrorIds
{
    /// <summary>A recipe file is no YAML.</summary>
    public const string RecipeSyntax = "MS2001";

    /// <summary>A recipe file is YAML of a form that recipes do not have: empty, several documents, anchors, tags.</summary>
    public const string RecipeForm = "MS2002";

    /// <summary>A key appears twice in one mapping.</summary>
    public const string DuplicateKey = "MS2004";

    /// <summary>A key that nothing reads.</summary>
    public const string UnknownKey = "MS2005";

    /// <summary>A key without a default was left out.</summary>
    public const string MissingKey = "MS2006";

    /// <summary>A value of another type than the key takes.</summary>
    public const string WrongType = "MS2007";

    /// <summary>A value of the right type that the key does not take.</summary>
    public const string OutOfRange = "MS2008";

    /// <summary>A name that is not among the known ones.</summary>
    public const string UnknownName = "MS2009";

    /// <summary>An edit (<c>--set</c>) whose path leads nowhere.</summary>
    public const string BadEdit = "MS2010";

    /// <summary>A recipe file cannot be read.</summary>
    public const string RecipeUnreadable = "MS2011";

    /// <summary>A setting's value is out of its range or does not fit another one.</summary>
    public const string Option = OptionException.Code;

    /// <summary>A recipe names an encoder that is not registered.</summary>
    public const string UnknownEncoder = "MS2101";

    /// <summary>A new run's folder has something in it.</summary>
    public const string RunExists = "MS4001";

    /// <summary>A run's folder cannot be made or written.</summary>
    public const string RunUnwritable = "MS4002";

    /// <summary>A folder holds no run, or not a whole one.</summary>
    public const string NoRun = "MS4003";

    /// <summary>Another process works in the run.</summary>
    public const string RunLocked = "MS4004";

    /// <summary>A checkpoint cannot be written.</summary>
    public const string CheckpointUnwritable = "MS4005";

    /// <summary>A checkpoint, or every one, is damaged.</summary>
    public const string CheckpointDamaged = "MS4006";

    /// <summary>Pictures, threads or precision are not those of the run.</summary>
    public const string ResumeDiffers = "MS4007";

    /// <summary>The loss became infinite or not a number.</summary>
    public const string LossNotFinite = "MS4008";

    /// <summary>A line of a run's metrics cannot be read.</summary>
    public const string MetricsDamaged = "MS4009";

    /// <summary>A weights file does not say which encoder it holds.</summary>
    public const string NotAnEncoder = "MS4010";

    /// <summary>A run was trained, and its checkpoints are gone.</summary>
    public const string CheckpointsLost = "MS4011";

    /// <summary>A file in a run's folder is that of another run.</summary>
    public const string AnotherRuns = "MS4012";

    /// <summary>A run keeps no checkpoint of this name.</summary>
    public const string NoSuchCheckpoint = "MS4013";

    /// <summary>A run has learned nothing yet.</summary>
    public const string NothingLearned = "MS4014";

    /// <summary>There is no font to write a chart's words with.</summary>
    public const string NoFont = "MS4015";

    /// <summary>Features and labels do not fit together, or hold values that are no numbers.</summary>
    public const string FeatureShape = "MS5001";

    /// <summary>No row is labeled.</summary>
    public const string NoLabels = "MS5002";

    /// <summary>A class has fewer labeled rows than asked for.</summary>
    public const string TooFewLabels = "MS5003";

    /// <summary>A class of the test rows has no row to learn from.</summary>
    public const string ClassNotTrained = "MS5004";

    /// <summary>A network has no features of this name.</summary>
    public const string UnknownFeatures = "MS5005";

    /// <summary>There is no kept classifier of this name, or the file holds none.</summary>
    public const string NoHead = "MS5006";

    /// <summary>A kept classifier was made for another encoder than the run has now.</summary>
    public const string HeadDiffers = "MS5007";

    /// <summary>No threshold gives the precision that was asked for.</summary>
    public const string PrecisionNotReached = "MS5008";

    /// <summary>A part of an encoder that is to be frozen does not exist.</summary>
    public const string UnknownStage = "MS5009";

    /// <summary>A file of embeddings is damaged, or is none.</summary>
    public const string EmbeddingsUnreadable = "MS5101";

    /// <summary>A file of embeddings is there already, or another program writes it.</summary>
    public const string EmbeddingsExist = "MS5102";

    /// <summary>An unfinished file of embeddings is of another encoder, of other pictures, or made otherwise.</summary>
    public const string EmbeddingsDiffer = "MS5103";

    /// <summary>A file's extension is none of embeddings.</summary>
    public const string UnknownEmbeddings = "MS5104";

    /// <summary>There are not two runs to compare.</summary>
    public const string NothingToCompare = "MS5130";

    /// <summary>TensorBoard's files cannot be written, or their folder holds another run's.</summary>
    public const string TensorBoardFolder = "MS5131";

    /// <summary>A file is no kept map, or a map cannot be kept.</summary>
    public const string NoKeptMap = "MS5112";

    /// <summary>What a map's points shall be colored by, or written to, cannot be had.</summary>
    public const string MapOutput = "MS5113";

    /// <summary>A map cannot start from another one's points.</summary>
    public const string NoMapStart = "MS5370";

    /// <summary>Pictures cannot be chosen for labeling as asked.</summary>
    public const string SelectionImpossible = "MS5120";

    /// <summary>A file of labels names no picture of a file of embeddings.</summary>
    public const string NoSelectedNames = "MS5121";

    /// <summary>Embeddings are of another encoder or layer than what they are compared with.</summary>
    public const string OtherEmbeddings = "MS5105";

    /// <summary>An index is of other embeddings, or is damaged.</summary>
    public const string IndexDiffers = "MS5150";

    /// <summary>A file of embeddings has no names, or none of a data set's pictures.</summary>
    public const string NoPictureNames = "MS5106";

    /// <summary>Pictures have no masks that say the class of each pixel.</summary>
    public const string NoMasks = "MS5140";

    /// <summary>A mask has another shape than its picture, or is written otherwise than the others.</summary>
    public const string MaskMisfit = "MS5141";

    /// <summary>Masks hold fewer than two classes, or more than there can be.</summary>
    public const string BadClasses = "MS5142";

    /// <summary>A stage of an encoder gives no map of places.</summary>
    public const string NoMap = "MS5143";

    /// <summary>A run has no view of this number with a network of its own.</summary>
    public const string NoSuchView = "MS5144";

    /// <summary>Files that parted pictures would be written to are there already, or two pictures would have one.</summary>
    public const string SegmentFiles = "MS5145";

    /// <summary>A method learns from labels, and no picture has one.</summary>
    public const string MethodNeedsLabels = "MS5160";

    /// <summary>A method learns from a teacher, and what the teacher made of the pictures is missing or does not fit.</summary>
    public const string NoTeacher = "MS5220";

    /// <summary>A file cannot be a teacher.</summary>
    public const string NotATeacher = "MS5221";

    /// <summary>There is no run below a folder.</summary>
    public const string NoRunsBelow = "MS5223";

    /// <summary>An encoder cannot be written in the form that was asked for.</summary>
    public const string ExportRefused = "MS5190";

    /// <summary>A file of weights fits an encoder nowhere.</summary>
    public const string NothingFits = "MS5193";

    /// <summary>Which encoder a file of weights holds cannot be told.</summary>
    public const string UnknownArchitecture = "MS5390";

    /// <summary>A test needs more than an ONNX model's output.</summary>
    public const string NotOfAModel = "MS5391";

    /// <summary>An encoder's file is tested, and no pictures are named.</summary>
    public const string NoPicturesNamed = "MS5392";

    /// <summary>Ranks did not come to the meeting in time.</summary>
    public const string RanksMissing = "MS5264";

    /// <summary>What a launcher put into the environment is not whole.</summary>
    public const string RankSettings = "MS5265";

    /// <summary>Two processes have the same rank.</summary>
    public const string RankTwice = "MS5266";

    /// <summary>Ranks do not train the same.</summary>
    public const string RanksDiffer = "MS5267";

    /// <summary>What a recipe asks for cannot be shared over ranks, or not over so many.</summary>
    public const string NotOverRanks = "MS5268";

    /// <summary>Another rank could not do its part of a work that all share.</summary>
    public const string PartFailed = "MS5350";

    /// <summary>Several processes were started for work that they cannot share.</summary>
    public const string NotShared = "MS5351";

    /// <summary>The environment names a collector by what is no address.</summary>
    public const string NoCollector = "MS5352";

    /// <summary>A process that was launched failed.</summary>
    public const string LaunchFailed = "MS5269";
}
