namespace MocoSharp.Imaging;

/// <summary>The stable ids of this assembly's errors: MS300x pictures, MS301x codecs' libraries and encoding, MS302x–MS304x data
/// sets, MS31xx views, MS32xx the loader, MS530x shards.</summary>
public static class ErrorIds
{
    /// <summary>The picture's file is empty.</summary>
    public const string EmptyFile = "MS3001";

    /// <summary>The file's first bytes are those of no format that is read: JPEG, PNG or WebP.</summary>
    public const string UnknownFormat = "MS3002";

    /// <summary>The file ends before the picture does.</summary>
    public const string Truncated = "MS3003";

    /// <summary>The file's content breaks its format's rules.</summary>
    public const string Corrupt = "MS3004";

    /// <summary>The picture would decode to more pixels than allowed.</summary>
    public const string TooLarge = "MS3005";

    /// <summary>A sound file of a kind that is not read: an animated WebP, a two-component or 12-bit JPEG.</summary>
    public const string UnsupportedKind = "MS3006";

    /// <summary>The picture's file cannot be opened or read.</summary>
    public const string UnreadableFile = "MS3007";

    /// <summary>The file's bands are others than those asked for, or nobody said which of them are red, green and blue.</summary>
    public const string OtherBands = "MS3008";

    /// <summary>The file holds numbers without a black and a white of their own, and no range was given.</summary>
    public const string RangeNotSaid = "MS3009";

    /// <summary>A system library is not installed.</summary>
    public const string MissingLibrary = "MS3010";

    /// <summary>A system library refused a picture that it should have written.</summary>
    public const string CannotEncode = "MS3011";

    /// <summary>The data set's path does not exist.</summary>
    public const string MissingPath = "MS3020";

    /// <summary>The folder holds no picture.</summary>
    public const string NoPictures = "MS3021";

    /// <summary>The folder or file of the data set cannot be read.</summary>
    public const string UnreadableDataSet = "MS3022";

    /// <summary>Labels by folder were asked for, and a picture lies in no class's folder.</summary>
    public const string PictureOutsideClasses = "MS3023";

    /// <summary>The labels' CSV file cannot be understood.</summary>
    public const string BadLabelFile = "MS3024";

    /// <summary>The labels' CSV file names a picture that is not there.</summary>
    public const string UnknownLabeledFile = "MS3025";

    /// <summary>An IDX file starts with the wrong number, or a labels file was given for images.</summary>
    public const string BadIdxHeader = "MS3030";

    /// <summary>An IDX file's length is not what its header says, or images and labels differ in count.</summary>
    public const string BadIdxLength = "MS3031";

    /// <summary>A CIFAR file is no whole number of records.</summary>
    public const string BadCifarLength = "MS3032";

    /// <summary>A CIFAR record's label is out of range, or the file of class names has the wrong number of lines.</summary>
    public const string BadCifarLabel = "MS3033";

    /// <summary>An STL-10 file is no whole number of pictures, or there are not as many labels as pictures.</summary>
    public const string BadStlLength = "MS3034";

    /// <summary>An STL-10 label is out of range, or the classes' names are not ten.</summary>
    public const string BadStlLabel = "MS3035";

    /// <summary>A packed file is of a version that this program does not read.</summary>
    public const string PackVersion = "MS3040";

    /// <summary>A packed file is shorter or longer than its header says.</summary>
    public const string PackLength = "MS3041";

    /// <summary>A checksum of a packed file does not agree: of its header, its index or one picture.</summary>
    public const string PackChecksum = "MS3042";

    /// <summary>A packed file cannot be written: it is there already, another program is writing it, or an option is out of
    /// range.</summary>
    public const string CannotPack = "MS3043";

    /// <summary>A packed file's labels were fixed when it was made.</summary>
    public const string PackLabels = "MS3044";

    /// <summary>A picture of a paired set lacks a partner file, or no file ends as the set's description says.</summary>
    public const string MissingPartner = "MS3050";

    /// <summary>A picture and its partner differ in size.</summary>
    public const string PartnerSize = "MS3051";

    /// <summary>A map of classes has too many pixels whose color is near none of its palette.</summary>
    public const string FarFromPalette = "MS3052";

    /// <summary>The description of a paired set contradicts itself: no names, equal names or suffixes, a palette that is none.</summary>
    public const string BadModality = "MS3053";

    /// <summary>The folder for a new set of pictures holds something already.</summary>
    public const string SetFolderInUse = "MS3054";

    /// <summary>A setting of an augmentation is out of its range.</summary>
    public const string AugmentationOption = "MS3101";

    /// <summary>An augmentation does not work on pictures of so many channels.</summary>
    public const string AugmentationChannels = "MS3102";

    /// <summary>A picture is too large to be augmented.</summary>
    public const string TooLargeToAugment = "MS3103";

    /// <summary>Channel statistics do not belong together, or a deviation is not above 0.</summary>
    public const string BadChannelStats = "MS3104";

    /// <summary>A view's size differs from picture to picture, so views cannot be put into one batch.</summary>
    public const string NoFixedSize = "MS3105";

    /// <summary>Channel statistics are for another number of channels than the view has.</summary>
    public const string StatsDoNotFit = "MS3106";

    /// <summary>A picture is too small for the crop that a view makes of it.</summary>
    public const string TooSmallToCrop = "MS3107";

    /// <summary>A setting of the loader is out of its range.</summary>
    public const string LoaderOption = "MS3201";

    /// <summary>There are fewer pictures than a batch needs.</summary>
    public const string FewerThanABatch = "MS3202";

    /// <summary>More pictures are unreadable than allowed, or all.</summary>
    public const string TooManyBadPictures = "MS3203";

    /// <summary>A picture could be read, and no view could be made of it.</summary>
    public const string CannotMakeViews = "MS3204";

    /// <summary>A list of shards cannot be understood, names one twice or shards of several folders, or stands for too many.</summary>
    public const string ShardList = "MS5300";

    /// <summary>A shard of a list is not there, or cannot be opened.</summary>
    public const string MissingShard = "MS5301";

    /// <summary>A shard or its index is another one than the list of shards was made with, or a shard is not in that list.</summary>
    public const string ShardChanged = "MS5302";

    /// <summary>A shard is empty, cut short, compressed or no tar, or holds no picture.</summary>
    public const string BadShard = "MS5303";

    /// <summary>A member's name leads out of its shard, or the members of a key contradict each other.</summary>
    public const string BadShardMember = "MS5304";

    /// <summary>Shards cannot be written: the folder holds some already, or an option is out of range.</summary>
    public const string CannotShard = "MS5305";

    /// <summary>Labels or kinds of pictures were asked for that shards do not hold.</summary>
    public const string ShardsLack = "MS5306";

    /// <summary>An index of shards is missing, damaged or of another version.</summary>
    public const string BadShardIndex = "MS5307";

    /// <summary>A picture in a shard is not the one that the shard's index knows.</summary>
    public const string ShardChecksum = "MS5308";
}
