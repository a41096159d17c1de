namespace CoreMLQuant.Specification.Schema;

/// <content>Fields of a newer format.</content>
internal sealed partial class Model
{
    /// <summary>Whether it has fields that the schema does not know.</summary>
    public bool HasUnknownFields => _unknownFields is not null;
}

/// <content>Fields of a newer format.</content>
internal sealed partial class Program
{
    /// <summary>Whether it has fields that the schema does not know.</summary>
    public bool HasUnknownFields => _unknownFields is not null;
}

/// <content>Fields of a newer format.</content>
internal sealed partial class Function
{
    /// <summary>Whether it has fields that the schema does not know.</summary>
    public bool HasUnknownFields => _unknownFields is not null;
}

/// <content>Fields of a newer format.</content>
internal sealed partial class Block
{
    /// <summary>Whether it has fields that the schema does not know.</summary>
    public bool HasUnknownFields => _unknownFields is not null;
}

/// <content>Fields of a newer format, or of another kind of model.</content>
internal sealed partial class SerializedProgramModel
{
    /// <summary>Whether it has fields that this form of a model does not have.</summary>
    public bool HasUnknownFields => _unknownFields is not null;
}

/// <content>Fields of a newer format.</content>
internal sealed partial class SerializedProgram
{
    /// <summary>Whether it has fields that the schema does not know.</summary>
    public bool HasUnknownFields => _unknownFields is not null;
}

/// <content>Fields of a newer format.</content>
internal sealed partial class SerializedFunction
{
    /// <summary>Whether it has fields that the schema does not know.</summary>
    public bool HasUnknownFields => _unknownFields is not null;
}

/// <content>Fields of a newer format.</content>
internal sealed partial class SerializedBlock
{
    /// <summary>Whether it has fields that the schema does not know.</summary>
    public bool HasUnknownFields => _unknownFields is not null;
}
