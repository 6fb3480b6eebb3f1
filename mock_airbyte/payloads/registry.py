"""Organizations, users, permissions, tags and definitions as the public API prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_airbyte.registry import Definition, Organization, Permission, Tag, User


def organization(record: Organization) -> dict[str, Any]:
    """Print an organization."""
    return {
        "organizationId": record.organization_id,
        "organizationName": record.name,
        "email": record.email,
    }


def user(record: User) -> dict[str, Any]:
    """Print a user."""
    return {"id": record.user_id, "name": record.name, "email": record.email}


def permission(record: Permission) -> dict[str, Any]:
    """Print a permission as it is created, read and changed."""
    printed = {
        "permissionId": record.permission_id,
        "permissionType": record.permission_type,
        "userId": record.user_id,
        "workspaceId": record.workspace_id,
        "organizationId": record.organization_id,
    }
    return {name: value for name, value in printed.items() if value is not None}


def listed_permission(record: Permission) -> dict[str, Any]:
    """Print a permission as it is listed: with its scope."""
    return {
        "permissionId": record.permission_id,
        "permissionType": record.permission_type,
        "userId": record.user_id,
        "scopeId": record.workspace_id or record.organization_id,
        "scope": "workspace" if record.workspace_id else "organization",
    }


def tag(record: Tag) -> dict[str, Any]:
    """Print a tag."""
    return {
        "tagId": record.tag_id,
        "name": record.name,
        "color": record.color,
        "workspaceId": record.workspace_id,
    }


def definition(record: Definition) -> dict[str, Any]:
    """Print a connector's definition."""
    printed = {
        "id": record.definition_id,
        "name": record.name,
        "dockerRepository": record.docker_repository,
        "dockerImageTag": record.docker_image_tag,
        "documentationUrl": record.documentation_url,
    }
    return {name: value for name, value in printed.items() if value is not None}


def declarative_definition(record: Definition) -> dict[str, Any]:
    """Print a declarative source's definition."""
    return {
        "id": record.definition_id,
        "name": record.name,
        "manifest": record.manifest,
        "version": record.version,
    }
