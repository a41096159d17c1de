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
